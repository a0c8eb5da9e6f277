"""Figures from the scores of all windows of each stem, where a run has them."""
