"""What must outlive the process: one store, one verb for each thing that is kept."""
