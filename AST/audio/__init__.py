"""From a file to the models' inputs: decoding, level, excerpt, spectrogram and mel patches."""
