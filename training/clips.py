"""One clip from one seed: an instrument drawn, a part composed, played and produced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from AST.audio import MODEL_SAMPLE_RATE_HZ, Recording, Samples
from AST.excerpt import excerpt
from training import compose, effects
from training.families import FAMILIES
from training.fluid import SAMPLE_RATE_HZ
from training.source import Source

CLIP_S = 12.0
"""Trimming leaves about 10 s of it, which is what AST hears."""
SHORTEST_EXCERPT_S = 1.0


@dataclass(frozen=True)
class Clip:
    """A finished excerpt at 16 kHz, as the suite's own trimming leaves it."""

    samples: Samples
    source: Source


def draw_source(
    rng: compose.Generator, sources: Sequence[Source], family_weights: Mapping[str, float]
) -> Source:
    """First a family, then a label of it, then one of its sources."""
    present = [name for name in FAMILIES if any(source.family == name for source in sources)]
    weights = np.array([family_weights.get(name, 1.0) for name in present])
    family = present[rng.choice(len(present), p=weights / weights.sum())]
    labels = sorted({source.label for source in sources if source.family == family})
    spread = np.array(
        [
            np.sqrt(sum(source.weight for source in sources if source.label == label))
            for label in labels
        ]
    )
    label = labels[rng.choice(len(labels), p=spread / spread.sum())]
    fitting = [source for source in sources if source.label == label]
    odds = np.array([source.weight for source in fitting])
    return fitting[rng.choice(len(fitting), p=odds / odds.sum())]


def make_clip(
    seed: Sequence[int], sources: Sequence[Source], family_weights: Mapping[str, float]
) -> Clip:
    """The clip of a seed; seeds whose part came out silent draw again."""
    rng = np.random.default_rng(seed)
    while True:
        source = draw_source(rng, sources, family_weights)
        song = compose.random_song(rng, CLIP_S)
        hand = compose.random_hand(rng, source.low, max(source.high, source.low + 12))
        notes = source.styles[rng.integers(len(source.styles))](rng, song, hand)
        dry = source.play(rng, notes, CLIP_S)
        wet = effects.produce(rng, dry, source.family, source.label)
        samples = excerpt(Recording.in_memory(wet, SAMPLE_RATE_HZ))
        if len(samples) > SHORTEST_EXCERPT_S * MODEL_SAMPLE_RATE_HZ and np.isfinite(samples).all():
            return Clip(samples, source)
