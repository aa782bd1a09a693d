"""Who sits at the window."""
