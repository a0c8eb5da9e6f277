"""Accuracy by class, by song, and of groups of stems."""
