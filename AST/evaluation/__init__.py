"""From a results file to figures, text and a page. No model runs here."""
