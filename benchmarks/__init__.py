"""Measured figures: ``python -m benchmarks``. Separate from the tests, which assert no time."""
