"""Reads a results file and gives figures, text and a page. No model runs here."""
