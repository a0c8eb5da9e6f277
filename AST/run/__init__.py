"""A run: every stem of a dataset through both models, its results on disk."""
