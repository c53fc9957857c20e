"""What every entrance works with: the process, an invocation, answers, matching, lists."""
