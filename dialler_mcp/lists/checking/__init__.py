"""What is wrong with each row of a list, before anything is written."""
