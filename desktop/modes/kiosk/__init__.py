"""取号机: groups to touch, a code to show, a number to take."""
