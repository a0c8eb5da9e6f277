"""Measurements of speed, memory and precision. A run does not need them."""
