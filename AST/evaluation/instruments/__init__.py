"""Figures at the level of the instrument, where a run's record says the instrument of stems."""
