"""The AST network: from a spectrogram to the scores of the names that it knows."""
