"""The functions that Hi-Audio's back-end calls, under the names that it uses.

Call ``init_inst_recog`` once. The other functions then share its models. Functions that take a path
raise ``AST.errors.StemError`` for a file that cannot be analysed.
"""

import math
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from AST.audio.decoding import decode
from AST.audio.excerpt import excerpt
from AST.audio.recording import Samples, rms_dbfs
from AST.rules import LOWER_SPEECH_PRED_SCORE, SILENCE_RMS_DB_THRESHOLD, THRESHOLD_SPEECH_PRED_SCORE
from AST.settings import AUTO, Settings
from AST.weights import PUBLISHED

if TYPE_CHECKING:
    from AST.recognition.recogniser import Recogniser

__all__ = [
    "LOWER_SPEECH_PRED_SCORE",
    "SILENCE_RMS_DB_THRESHOLD",
    "THRESHOLD_SPEECH_PRED_SCORE",
    "convertmetadata",
    "getaudioexcerpt",
    "init_inst_recog",
    "make_instrument_pred",
    "tellifisspeech",
    "tellifsilence",
]

_recogniser: "Recogniser | None" = None


def init_inst_recog(
    model: str = PUBLISHED,
    speech_model: str | None = None,
    device: str = AUTO,
    precision: str = AUTO,
    speech_backend: str = AUTO,
) -> None:
    """Loads both models, and fetches them if they are missing; see ``AST.Recogniser``.

    Raises:
        AST.errors.UsageError: A model or the device is not available.
    """
    global _recogniser
    from AST.recognition.recogniser import Recogniser

    settings = Settings(device=device, precision=precision, speech_backend=speech_backend)
    _recogniser = Recogniser(model, speech_model, settings)
    if fallback := _recogniser.models.speech.fallback:
        warnings.warn(fallback, stacklevel=2)


def getaudioexcerpt(path: str) -> Samples:
    """The part of a file that AST takes: mono, 16 kHz, silence trimmed; empty if nothing sounds.

    Shape: (n,), n up to 480,000 where the file is cut, 960,000 (60 s) where it is not.
    """
    return excerpt(decode(Path(path)))


def make_instrument_pred(path: str, is_speech_pred: float) -> tuple[str, float]:
    """The AudioSet name of the instrument in a file, and its score, 0 to 1.

    A file without sound gives ``("Silence", 0.0)``.

    Args:
        is_speech_pred: What ``tellifisspeech`` gave for this file. Below 8, the name "Speech" is
            ignored. From 50 on the caller should say speech, whatever this function returns.
    """
    samples = getaudioexcerpt(path)
    if not samples.size:
        return "Silence", 0.0
    return _loaded().instrument(samples, is_speech_pred)


def tellifisspeech(path: str) -> float:
    """How much a file sounds like spoken words, in percent."""
    return _loaded().speech_score_percent(Path(path))


def tellifsilence(path: str) -> tuple[bool, float]:
    """Whether a file counts as silent, and its RMS level in dBFS."""
    level_dbfs = rms_dbfs(decode(Path(path)))
    return level_dbfs < SILENCE_RMS_DB_THRESHOLD, level_dbfs


def convertmetadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """ffprobe's metadata in a readable form. None and values that are not numbers stay as they are.

    >>> convertmetadata({"size": 1572864, "sample_rate": "44100", "duration": 212.4})
    {'size': '1.50 MB', 'sample_rate': '44.1 kHz', 'duration': '3m 32s'}
    >>> convertmetadata({"bit_rate": 320000, "codec_name": "flac", "duration": None})
    {'bit_rate': '320.00 kbps', 'codec_name': 'flac', 'duration': None}
    """
    readable = dict(metadata)
    for key, convert in _CONVERSIONS.items():
        try:
            value = float(metadata[key])
        except (KeyError, TypeError, ValueError):
            continue
        if math.isfinite(value):
            readable[key] = convert(value)
    return readable


def _size(size_bytes: float) -> str:
    if size_bytes >= 1024**2:
        return f"{size_bytes / 1024**2:.2f} MB"
    return f"{size_bytes / 1024:.2f} KB" if size_bytes >= 1024 else f"{size_bytes:.0f} Bytes"


def _duration(duration_s: float) -> str:
    minutes, seconds = divmod(int(duration_s), 60)
    return f"{minutes}m {seconds}s" if minutes else f"{duration_s:.2f} sec"


def _bit_rate(bits_per_s: float) -> str:
    if bits_per_s >= 1e6:
        return f"{bits_per_s / 1e6:.2f} Mbps"
    return f"{bits_per_s / 1e3:.2f} kbps"


_CONVERSIONS = {
    "size": _size,
    "sample_rate": lambda sample_rate_hz: f"{sample_rate_hz / 1000} kHz",
    "duration": _duration,
    "bit_rate": _bit_rate,
}


def _loaded() -> "Recogniser":
    if _recogniser is None:
        raise RuntimeError("the models are not loaded; call init_inst_recog() first")
    return _recogniser
