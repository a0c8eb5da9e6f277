"""One instrument or voice that a clip can be made with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from training import compose
from training.catalogue import HELD_OUT
from training.compose import Generator, Note, Style
from training.families import FAMILY_OF_LABEL
from training.fluid import Samples

Play = Callable[[Generator, Sequence[Note], float], Samples]


@dataclass(frozen=True)
class Source:
    """One instrument or voice.

    Attributes:
        group: What it is held out by: font, kit, set of notes or voice.
        low: Lowest pitch that it is asked for.
        weight: How often it is drawn, beside the others with its label.
    """

    group: str
    label: str
    play: Play = field(repr=False)
    styles: tuple[Style, ...] = (compose.melody,)
    low: int = 40
    high: int = 80
    weight: float = 1.0

    @property
    def name(self) -> str:
        """What tells it from others."""
        return f"{self.group} {self.label} {self.low}-{self.high} {self.weight:g}"

    @property
    def family(self) -> str:
        return FAMILY_OF_LABEL[self.label]

    @property
    def is_held_out(self) -> bool:
        return self.group in HELD_OUT
