"""ffprobe's metadata in a form that people read."""

import math
from typing import Any


def convertmetadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Makes ffprobe's numbers readable. Changes the dict and returns the same one.

    A value that is missing, None or not a number (such as ``N/A``) stays as it is.

    >>> metadata = {"size": 1572864, "sample_rate": "22050", "duration": 212.4, "channels": 2}
    >>> convertmetadata(metadata)
    {'size': '1.50 MB', 'sample_rate': '22.1 kHz', 'duration': '3m 32s', 'channels': 2}
    >>> convertmetadata(metadata) is metadata
    True
    """
    for key, convert in _CONVERSIONS.items():
        try:
            value = float(metadata[key])
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
        if math.isfinite(value):
            metadata[key] = convert(value)
    return metadata


def _size(size_bytes: float) -> str:
    if size_bytes >= 1024**2:
        return f"{size_bytes / 1024**2:.2f} MB"
    return f"{size_bytes / 1024:.2f} KB" if size_bytes >= 1024 else f"{size_bytes:.0f} Bytes"


def _sample_rate(sample_rate_hz: float) -> str:
    if sample_rate_hz >= 1000:
        return f"{sample_rate_hz / 1000:.1f} kHz"
    return f"{sample_rate_hz:.0f} Hz"


def _duration(duration_s: float) -> str:
    minutes, seconds = divmod(int(duration_s), 60)
    return f"{minutes}m {seconds}s" if minutes else f"{duration_s:.2f} sec"


def _bit_rate(bits_per_s: float) -> str:
    if bits_per_s >= 1e6:
        return f"{bits_per_s / 1e6:.2f} Mbps"
    return f"{bits_per_s / 1e3:.2f} kbps"


_CONVERSIONS = {
    "size": _size,
    "sample_rate": _sample_rate,
    "duration": _duration,
    "bit_rate": _bit_rate,
}
