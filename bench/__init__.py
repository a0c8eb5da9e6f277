"""Measurements of speed, memory and precision. Nothing that a run needs."""
