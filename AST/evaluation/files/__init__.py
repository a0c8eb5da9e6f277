"""What a run wrote, read again: its rows, scores, windows and record."""
