"""From a file to samples: one decode, the mono mix, its level, and resampling to 16 kHz."""

import math
import os
import re
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import soundfile

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

LOUDEST_SAMPLE = 1000.0
"""Times full scale: float files beyond this, 60 dB over, are scaled wrongly, not hot."""

ESSENTIA_ENCODINGS = frozenset(
    {"PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "VORBIS"}
    | {"MPEG_LAYER_III"}
)
"""What Essentia is given to decode, by libsndfile's names. One that its FFmpeg lacks, such as Opus
or ADPCM, would damage the memory of the whole process."""

LIBSNDFILE_MAGIC = frozenset({b"RIFF", b"RF64", b"FORM", b"fLaC", b"OggS"})
"""Starts of files of the formats that libsndfile knows. One that it does not understand is damaged
or holds a rare encoding, and is not given to Essentia, for the same reason."""

LENGTH_IN_HEADER = re.compile(r"^ *(?:data|SSND) *: (\d+) \(should be (\d+)\)", re.MULTILINE)
"""How libsndfile notes a length in a WAV or AIFF header that the file's size contradicts."""


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

    Essentia reads one or two channels of common encodings; other files are read by libsndfile.

    Raises:
        StemError: The file cannot be opened or decoded, or holds no samples or absurd ones.
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
            raise StemError("is no regular file; expected an audio file")
        if not status.st_size:
            raise StemError("is an empty file (0 bytes); expected audio, copy it anew")
        with open(path, "rb") as file:
            recording = _decode_open_file(path, file)
    except OSError as error:
        raise StemError(f"cannot be opened: {error.strerror}") from error
    if not recording.samples.size:
        raise StemError("holds no audio samples; expected at least one")
    loudest = max(recording.samples.max(), -recording.samples.min())
    if not np.isfinite(loudest):
        raise StemError(
            "holds samples that are no finite numbers (NaN or infinity); export it anew"
        )
    if loudest > LOUDEST_SAMPLE:
        raise StemError(f"holds samples up to {loudest:.3g}; full scale is 1, export it anew")
    return recording


def _decode_open_file(path: Path, file: BinaryIO) -> Recording:
    try:
        header = soundfile.info(file, verbose=True)
        if header.channels <= 2 and header.subtype in ESSENTIA_ENCODINGS:
            recording = _decode_by_essentia(path, file)
        else:
            file.seek(0)
            samples, rate_hz = soundfile.read(file, dtype="float32", always_2d=True)
            recording = Recording(samples.mean(axis=1), rate_hz)
        return replace(recording, warning=_length_warning(header, recording))
    except soundfile.LibsndfileError as error:
        file.seek(0)
        if file.read(4) in LIBSNDFILE_MAGIC:
            reason = error.error_string.rstrip(".")
            raise StemError(f"cannot be decoded as audio ({reason}); is it whole?") from error
    return _decode_by_essentia(path, file)


def _decode_by_essentia(path: Path, file: BinaryIO) -> Recording:
    name = os.fspath(path)
    try:
        name.encode()
    except UnicodeEncodeError:  # Essentia takes UTF-8 only, the file system any bytes
        name = f"/dev/fd/{file.fileno()}"
    essentia = essentia_standard()
    try:
        samples, rate_hz, channels, *_ = essentia.AudioLoader(filename=name)()
    except RuntimeError as error:
        reason = str(error).rpartition("error = ")[2].rpartition("AudioLoader: ")[2]
        raise StemError(f"cannot be decoded as audio ({reason}); is it whole?") from error
    return Recording(essentia.MonoMixer()(samples, channels), int(rate_hz))


def _length_warning(header: Any, recording: Recording) -> str | None:
    if lengths := LENGTH_IN_HEADER.search(header.extra_info):
        promised, present = f"{lengths[1]} bytes of sound", f"the file has {lengths[2]}"
    elif header.format == "FLAC" and header.frames > len(recording.samples):
        promised, present = f"{header.duration:.1f} s", f"{recording.duration_s:.1f} s were decoded"
    else:
        return None
    return f"damaged or cut short: its header promises {promised}, {present}"


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
