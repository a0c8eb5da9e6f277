"""Figures that others published about the published models, and what they are of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from AST.model_files import PUBLISHED_NAME, HubFile

DEFAULT = PUBLISHED_NAME
"""The checkpoint that ``published`` stands for."""


SAMPLE = HubFile(
    "nielsr/audio-spectogram-transformer-checkpoint", "main", "sample_audio.flac", "dataset"
)
FIRST_LOGITS = {
    DEFAULT: (-0.8760, -7.0042, -8.6602),
    "10-10-0.450": (-1.1986, -7.0903, -8.2718),
    "10-10-0.448": (-2.6128, -8.0080, -9.4344),
    "10-10-0.448-v2": (-1.5080, -7.4534, -8.8917),
    "12-12-0.447": (-0.5050, -6.5833, -8.0843),
    "14-14-0.443": (-0.3826, -7.0336, -8.2413),
    "16-16-0.442": (-1.2113, -6.9101, -8.3470),
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
        parameters_millions: AST's number of weights, as its authors give it.
        shape: Its blocks, their width, its stride and number of outputs.
        sample: The recording that the logits are of: 16 kHz, taken whole.
        first_logits: The first three logits of each checkpoint, from transformers' tests and from
            its script for the conversion.
        stems: Of songs in DSD100's public sample: the path, the speech score in percent, AST's best
            name and its score, from the picture in the README of the study.
    """

    parameters_millions: float = 86.6
    shape: str = "12 blocks, 768 wide, stride 10, 527 outputs"
    sample: HubFile = SAMPLE
    first_logits: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: FIRST_LOGITS)
    stems: tuple[tuple[str, float, str, float], ...] = field(default_factory=lambda: STEMS)
