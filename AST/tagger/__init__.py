"""The AST network: from a spectrogram to the scores of AudioSet's 527 names."""
