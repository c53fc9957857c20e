"""The data that must outlive the process: one store, with a verb for each thing that is done with them."""
