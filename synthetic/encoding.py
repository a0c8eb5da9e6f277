"""Encodes sounds in any format of FFmpeg, for tests."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

BIT_RATE_PER_S = 128_000
EXPERIMENTAL = {"strict": "experimental"}
"""FFmpeg calls its encoder for Vorbis so."""
FRAME_SAMPLES = 4_096
"""For encoders that take any number."""


def encode(
    path: Path,
    *sounds: npt.NDArray[Any],
    rate_hz: int = 44_100,
    codec: str = "aac",
    container: str | None = None,
    **options: str,
) -> Path:
    """Encodes sounds, one audio stream for each. Returns the path.

    Shape: (n,) or (n, 2) each, floating point.

    Args:
        container: FFmpeg's name of the file format; None takes that of the suffix.
        options: FFmpeg's, for the file.
    """
    with av.open(str(path), "w", format=container, options=options) as output:
        layouts = ["mono" if sound.ndim == 1 else "stereo" for sound in sounds]
        streams = [
            output.add_stream(
                codec, rate_hz, layout=layout, bit_rate=BIT_RATE_PER_S, options=EXPERIMENTAL
            )
            for layout in layouts
        ]
        for sound, layout, stream in zip(sounds, layouts, streams, strict=True):
            columns = np.ascontiguousarray(sound.reshape(len(sound), -1).T, np.float32)
            frame = av.AudioFrame.from_ndarray(columns, "fltp", layout)
            frame.sample_rate, frame.pts = rate_hz, 0
            size = stream.codec_context.frame_size or FRAME_SAMPLES
            resampler = av.AudioResampler(stream.format, layout, rate_hz, size)
            for piece in (*resampler.resample(frame), *resampler.resample(None), None):
                # FLAC ends with an empty packet, which Ogg refuses.
                output.mux([packet for packet in stream.encode(piece) if packet.size])
    return path
