"""Who does the work of a run: batches of stems in, results in the same order out."""
