"""Callbacks (回访): the sample, the round of calls, the form on paper."""
