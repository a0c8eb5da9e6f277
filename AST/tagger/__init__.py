"""AST itself: from a spectrogram to the scores of AudioSet's names."""
