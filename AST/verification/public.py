"""Figures that others published about the published models, and what they are of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from AST.weights.model_files import PUBLISHED_NAME, HubFile

DEFAULT = PUBLISHED_NAME
"""The checkpoint that ``published`` stands for."""


SAMPLE = HubFile(
    "nielsr/audio-spectogram-transformer-checkpoint", "main", "sample_audio.flac", "dataset"
)


class CheckpointFigures(NamedTuple):
    """What one checkpoint is and gives.

    Attributes:
        first_logits: The first three on the public sample, from transformers' tests and from its
            script for the conversion.
        shape: Blocks, their width, stride and number of outputs.
        parameters_millions: Number of weights. The AST authors give 86.6 for stride 10; with other
            strides only the position embeddings differ, and their size follows from the stride.
    """

    first_logits: tuple[float, ...]
    shape: str
    parameters_millions: float


def _of_stride(stride: int, *first_logits: float) -> CheckpointFigures:
    millions = {10: 86.6, 12: 86.3, 14: 86.2, 16: 86.1}[stride]
    shape = f"12 blocks, 768 wide, stride {stride}, 527 outputs"
    return CheckpointFigures(first_logits, shape, millions)


CHECKPOINTS = {
    DEFAULT: _of_stride(10, -0.8760, -7.0042, -8.6602),
    "10-10-0.450": _of_stride(10, -1.1986, -7.0903, -8.2718),
    "10-10-0.448": _of_stride(10, -2.6128, -8.0080, -9.4344),
    "10-10-0.448-v2": _of_stride(10, -1.5080, -7.4534, -8.8917),
    "12-12-0.447": _of_stride(12, -0.5050, -6.5833, -8.0843),
    "14-14-0.443": _of_stride(14, -0.3826, -7.0336, -8.2413),
    "16-16-0.442": _of_stride(16, -1.2113, -6.9101, -8.3470),
}
_GRIFFO = "Test/049 - Young Griffo - Facade"
_THOMAS = "Test/005 - Angela Thomas Wade - Milk Cow Blues"
_ANGELS = "Dev/055 - Angels In Amplifiers - I'm Alright"
STEMS = (
    (f"{_GRIFFO}/vocals.wav", 3.247319906949997, "Male singing", 0.0843764916062355),
    (f"{_GRIFFO}/bass.wav", 1.1309274472296238, "Bass guitar", 0.8467050790786743),
    (f"{_THOMAS}/drums.wav", 0.2839520573616028, "Drum", 0.7728509306907654),
    (f"{_THOMAS}/vocals.wav", 3.0874736607074738, "Female singing", 0.26622915267944336),
    (f"{_THOMAS}/bass.wav", 0.30157656874507666, "Bass guitar", 0.7033280730247498),
    (f"{_ANGELS}/drums.wav", 0.1299810130149126, "Percussion", 0.6819669604301453),
    (f"{_ANGELS}/vocals.wav", 10.102521628141403, "A capella", 0.17841659486293793),
)


@dataclass(frozen=True)
class PublicFigures:
    """What the published models give.

    Attributes:
        sample: The recording that the logits are of: 16 kHz, taken whole.
        checkpoints: Of each checkpoint that the AST authors published.
        stems: Of songs in DSD100's public sample: the path, the speech score in percent, AST's best
            name and its score, from the picture in the README of the study.
    """

    sample: HubFile = SAMPLE
    checkpoints: Mapping[str, CheckpointFigures] = field(default_factory=lambda: CHECKPOINTS)
    stems: tuple[tuple[str, float, str, float], ...] = field(default_factory=lambda: STEMS)
