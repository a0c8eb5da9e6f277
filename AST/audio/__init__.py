"""From a file to what the models take: decoding, level, excerpt, spectrogram and mel patches."""
