"""大厅: what happens at the windows now, what was done today, and what a supervisor decides."""
