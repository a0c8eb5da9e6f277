"""Random models, synthetic stems and what is measured with them; nothing that a run needs."""
