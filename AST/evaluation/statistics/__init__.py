"""Intervals and tests. They know nothing of runs."""
