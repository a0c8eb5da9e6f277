"""Explains the prediction for one file, as text and as a picture."""
