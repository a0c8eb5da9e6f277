"""Both models together: one recording in, its prediction out."""
