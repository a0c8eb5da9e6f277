"""Random models and synthetic stems: what tests and measurements use instead of real ones."""
