"""The speech model: from mel patches to a speech score."""
