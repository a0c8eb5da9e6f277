"""Writes the findings as tables and figures for a paper: ``computeaccuracy.py --tables``."""
