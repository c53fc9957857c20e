"""What every entrance works with: the process, a call, answers, matching, lists."""
