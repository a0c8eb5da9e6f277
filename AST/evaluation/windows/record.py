"""What a run's record says about its windows: how far apart they start, how they are pooled."""

from collections.abc import Mapping
from typing import Any, NamedTuple

MEAN, MAX, VOTE = "mean", "max", "vote"
POOLS = (MEAN, MAX, VOTE)


class WindowSettings(NamedTuple):
    """How a run took the windows of its stems.

    Attributes:
        hop_s: From the start of a window to the start of the next one.
        pool: How scores of windows become scores of a stem.
    """

    hop_s: float
    pool: str


def window_settings(record: Mapping[str, Any]) -> WindowSettings | None:
    """The settings in a record; None if it has none, as if several runs were pooled.

    Raises:
        TypeError: They are damaged.
        KeyError: They are not complete.
    """
    settings = record.get("windows")
    if settings is None:
        return None
    hop_s, pool = settings["hop_s"], settings["pool"]
    if pool not in POOLS or type(hop_s) not in (int, float) or not hop_s > 0:
        raise TypeError(f"windows with a hop of {hop_s!r} s, pooled by {pool!r}")
    return WindowSettings(float(hop_s), pool)
