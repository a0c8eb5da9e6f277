"""Random models and synthetic stems for tests and measurements, which need no real ones."""
