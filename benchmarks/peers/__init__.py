"""The sync engines that ours is measured with, and the processes that stand for their devices."""
