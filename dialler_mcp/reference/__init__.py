"""Reference pages as resources, and completion of arguments."""
