"""What a run's record says about its windows: how long they are, where they start, the pooling."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from AST.settings import POOLS
from AST.weights.checkpoint_config import InputFormat

FRAMES_PER_S = 100


class WindowSettings(NamedTuple):
    """How a run took the windows of its stems.

    Attributes:
        window_s: Length of a window: AST's input.
        hop_s: From the start of a window to the start of the next one.
        pool: How scores of windows become scores of a stem.
    """

    window_s: float
    hop_s: float
    pool: str

    def heard_s(self, windows: int) -> float:
        """How much of a stem this many windows hold, if none of them is short.

        >>> WindowSettings(10.24, 5.12, "mean").heard_s(3)
        20.48
        """
        return self.window_s + (windows - 1) * min(self.hop_s, self.window_s)


def window_settings(record: Mapping[str, Any]) -> WindowSettings | None:
    """The settings in a record; None if it has none, or if nothing was pooled.

    Raises:
        TypeError: They are damaged.
        KeyError: They are not complete.
    """
    settings = record.get("windows", {})
    if not isinstance(settings, dict):
        raise TypeError(f"windows is {settings!r}")
    if "pool" not in settings:  # one window: the study's
        return None
    hop_s, pool = settings["hop_s"], settings["pool"]
    form = record.get("models", {}).get("ast", {}).get("input", {})
    frames = form.get("frame_count", InputFormat().frame_count)
    if pool not in POOLS or not _is_positive(hop_s) or not _is_positive(frames):
        raise TypeError(f"windows of {frames!r} frames, hop {hop_s!r} s, pooled by {pool!r}")
    return WindowSettings(frames / FRAMES_PER_S, float(hop_s), pool)


def _is_positive(value: object) -> bool:
    return type(value) in (int, float) and value > 0  # type: ignore[operator]
