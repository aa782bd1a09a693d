"""联办: the work queues of the boards."""
