"""Jobs: a confirmed plan with many steps that goes on after a crash, and never goes further than what was confirmed."""
