"""Lists of people, and jobs over them: reading, checking, and many changes as one."""
