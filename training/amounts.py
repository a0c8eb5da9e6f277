"""How much of everything makes the embedded models, and how little a trial takes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Amounts:
    """Sentences that each synthetic voice speaks, clips, steps and clips per step."""

    sentences_per_voice: int
    training_clips: int
    test_clips: int
    ast_steps: int
    ast_batch: int
    speech_steps: int
    speech_batch: int


FULL = Amounts(16, 22_000, 1000, 12_750, 64, 1800, 96)
"""The first part of what made the models in the repository; their card tells of the later ones."""
QUICK = Amounts(0, 60, 16, 6, 8, 10, 16)
