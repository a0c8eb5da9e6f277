"""From a file to samples: one decode, the mono mix, its level, and resampling to 16 kHz."""

import math
import os
import stat
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from AST.errors import StemError
from AST.essentia_quietly import essentia_standard

Samples = npt.NDArray[np.float32]
"""Mono samples, shape (n,), full scale at -1 and 1."""

MODEL_SAMPLE_RATE_HZ = 16_000
"""What both models were trained on (AST paper; Essentia's VGGish)."""

RESAMPLE_QUALITY = 4
"""Essentia's scale from 0, the best, to 4, the fastest (linear): the reference study's choice."""

RMS_FLOOR = 1e-10
"""Added to the RMS level before the logarithm: digital silence reads -200 dBFS (study)."""

LENGTH_IN_HEADER_SUFFIXES = frozenset({".wav", ".aif", ".aiff", ".flac"})
"""Formats whose header says how long the file is; in the others the length is an estimate."""

LENGTH_TOLERANCE_S = 1.0
"""The header's length is read in whole seconds, rounded down."""


@dataclass(frozen=True)
class Recording:
    """A decoded file.

    Attributes:
        samples: The mono mix: mean of the channels.
        sample_rate_hz: The file's own rate.
        warning: What is odd about a file that could be decoded all the same, or None.
    """

    samples: Samples
    sample_rate_hz: int
    warning: str | None = None

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.sample_rate_hz


def decode(path: Path) -> Recording:
    """Decodes a file, as Essentia's MonoLoader does, but at the file's own rate.

    Essentia reads one or two channels; files with more are read by libsndfile.

    Raises:
        StemError: The file cannot be opened or decoded, or holds no or not only finite samples.
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
            raise StemError("is no regular file; expected an audio file")
        if not status.st_size:
            raise StemError("is an empty file (0 bytes); expected audio, copy it anew")
        with open(path, "rb") as file:
            recording = _decode_open_file(path, file.fileno())
    except OSError as error:
        raise StemError(f"cannot be opened: {error.strerror}") from error
    if not recording.samples.size:
        raise StemError("holds no audio samples; expected at least one")
    if not np.isfinite(recording.samples).all():
        raise StemError(
            "holds samples that are no finite numbers (NaN or infinity); export it anew"
        )
    return recording


def _decode_open_file(path: Path, descriptor: int) -> Recording:
    name = os.fspath(path)
    try:
        name.encode()
    except UnicodeEncodeError:  # Essentia takes UTF-8 only, the file system any bytes
        name = f"/dev/fd/{descriptor}"
    essentia = essentia_standard()
    try:
        samples, rate_hz, channels, *_ = essentia.AudioLoader(filename=name)()
    except RuntimeError as error:
        if "more than 2 channels" in str(error):
            return _decode_multichannel(path)
        reason = str(error).rpartition("error = ")[2]
        raise StemError(f"cannot be decoded as audio ({reason}); is it whole?") from error
    mono = essentia.MonoMixer()(samples, channels)
    recording = Recording(mono, int(rate_hz))
    if path.suffix.lower() not in LENGTH_IN_HEADER_SUFFIXES or name != os.fspath(path):
        return recording
    *_, header_s, _, _, _ = essentia.MetadataReader(filename=name, failOnError=False)()
    return Recording(mono, int(rate_hz), _length_warning(header_s, recording.duration_s))


def _decode_multichannel(path: Path) -> Recording:
    import soundfile

    try:
        with open(path, "rb") as file:
            samples, rate_hz = soundfile.read(file, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise StemError(
            f"has more than 2 channels and cannot be decoded by libsndfile ({error.error_string}); "
            "convert it to WAV or FLAC"
        ) from error
    return Recording(samples.mean(axis=1), rate_hz)


def _length_warning(header_s: int, decoded_s: float) -> str | None:
    # A header that contradicts the file's size reads as 0 seconds.
    if decoded_s + LENGTH_TOLERANCE_S < header_s or (not header_s and decoded_s > 1):
        promised = f"promises {header_s} s" if header_s else "gives no valid length"
        return f"damaged or cut short: its header {promised}, {decoded_s:.1f} s were decoded"
    return None


def rms_dbfs(samples: Samples) -> float:
    """RMS level, 0 dBFS being a full-scale square wave.

    >>> f"{rms_dbfs(np.full(8000, 0.1, np.float32)):.1f}"
    '-20.0'
    """
    return 20 * math.log10(math.sqrt(np.mean(np.square(samples, dtype=np.float64))) + RMS_FLOOR)


def to_model_rate(samples: Samples, sample_rate_hz: int) -> Samples:
    """Samples resampled to 16 kHz, bit for bit as Essentia's MonoLoader does it.

    Shape: (n,) -> about (n * 16000 / sample_rate_hz,).
    """
    if not samples.size:
        return samples
    resample = essentia_standard().Resample(
        inputSampleRate=sample_rate_hz,
        outputSampleRate=MODEL_SAMPLE_RATE_HZ,
        quality=RESAMPLE_QUALITY,
    )
    resampled: Samples = resample(samples)
    return resampled
