"""Opens audio files of any format with PyAV (FFmpeg), and yields their mono mix in blocks."""

import contextlib
from collections.abc import Iterator
from typing import BinaryIO

import av
import numpy as np

from AST.audio.content import Content
from AST.audio.recording import EXPECTED_RATES, HIGHEST_RATE_HZ, LOWEST_RATE_HZ, Samples, mono_mix
from AST.errors import StemError

OPTIONS = {"protocol_whitelist": "none"}
"""FFmpeg's: a file that is a playlist must not make it open other files or addresses."""
DECODER_OPTIONS = {"err_detect": "crccheck+explode"}
"""FFmpeg's: check checksums where a format has them, and leave out what fails."""

SCALES = {"u8": 2.0**-7, "s16": 2.0**-15, "s32": 2.0**-31, "flt": 1.0, "dbl": 1.0}
"""From FFmpeg's sample formats to full scale at 1. (Unsigned samples have their zero at 128.)"""
BLOCK_SAMPLES = 500_000


class SoundFile:
    """One audio stream of an open file.

    Args:
        file: The open file. The name plays no role: FFmpeg looks at the content.
        number: Of the stream among the file's audio streams, from 0; None for the only one.

    Attributes:
        sample_rate_hz: The stream's own sample rate.
        is_lossless: Whether the encoding keeps every sample. (WavPack counts as lossy: it can be.)
        damaged_share: Share of the sound's bytes that could not be decoded so far.

    Raises:
        StemError: The file is not audio, holds no such stream, or holds what FFmpeg cannot decode.
    """

    def __init__(self, file: BinaryIO, number: int | None = None) -> None:
        self._content, self._sound_starts_at = Content(file), 0
        with _errors_as_stem_errors():
            self._container = av.open(
                self._content, "r", options=dict(OPTIONS), metadata_errors="replace"
            )
            stream = self._stream = _chosen(self._container.streams.audio, number)
            context = stream.codec_context
            if context is None:
                raise StemError("has an encoding that FFmpeg does not know; convert it")
            self._decoder = _decoder(context)
            self._decoder.options = dict(DECODER_OPTIONS)
        if context.format and context.format.packed.name not in SCALES:
            raise StemError(f"has samples of the format {context.format.name}; convert it")
        if context.name == "pcm_f24le":  # programs disagree whether this is integer or float
            raise StemError(
                "has 24 bits per sample in blocks of 4 bytes, and programs read this in different "
                "ways; expected 24-bit blocks of 3 bytes, convert it"
            )
        self.sample_rate_hz: int = context.sample_rate
        if not LOWEST_RATE_HZ <= self.sample_rate_hz <= HIGHEST_RATE_HZ:
            raise StemError(
                f"has a sample rate of {self.sample_rate_hz} Hz; expected {EXPECTED_RATES}, "
                "export it again"
            )
        self.is_lossless: bool = context.codec.lossless and not context.codec.lossy
        self._bytes = self._damaged_bytes = 0

    def close(self) -> None:
        self._container.close()

    @property
    def damaged_share(self) -> float:
        return self._damaged_bytes / max(1, self._bytes)

    def blocks(self) -> Iterator[Samples]:
        """Yields the mono mix, shape (n,) each.

        Raises:
            StemError: The sample rate changes, or nothing after some place can be decoded.
        """
        frames: list[av.AudioFrame] = []
        count = 0
        for frame in self._frames():
            if frame.sample_rate != self.sample_rate_hz:
                raise StemError(
                    f"changes its sample rate from {self.sample_rate_hz} to {frame.sample_rate} "
                    "Hz; expected one rate, convert it"
                )
            if frames and (count > BLOCK_SAMPLES or not _are_alike(frames[0], frame)):
                yield self._mixed(frames)
                frames, count = [], 0
            frames.append(frame)
            count += frame.samples
        if frames:
            yield self._mixed(frames)

    def _mixed(self, frames: list[av.AudioFrame]) -> Samples:
        mix = _mono_mix_of(frames)
        # What is beyond full scale was not in the sound: damaged data can give any number.
        return mix if self.is_lossless else np.clip(mix, -1, 1)

    def _frames(self) -> Iterator[av.AudioFrame]:
        with _errors_as_stem_errors():
            for packet in self._packets():
                try:
                    yield from self._decoder.decode(packet)
                except av.FFmpegError:  # decoders give all kinds of errors for damaged data
                    self._damaged_bytes += packet.size

    def _packets(self) -> "Iterator[av.Packet[av.AudioStream]]":
        """Encoded pieces of the sound. The decoder starts again where another Ogg is joined on."""
        is_ogg = self._container.format.name == "ogg"
        last_was_trimmed = False
        for packet in self._container.demux(self._stream):
            if not self._bytes:
                self._sound_starts_at = packet.pos or 0
            elif is_ogg and last_was_trimmed and packet.size:  # only a last packet is trimmed
                self._decoder.flush_buffers()
                last_was_trimmed = False
            else:
                last_was_trimmed = packet.has_sidedata("skip_samples")
            self._bytes += packet.size
            yield packet

    def promised_s(self, decoded_s: float) -> float | None:
        """The duration that the header gives, or None. Call it after the blocks were read.

        FFmpeg guesses a duration that no header gives, and shortens one that a WAV does not hold.

        Args:
            decoded_s: The duration of all blocks.
        """
        stream, form = self._stream, self._container.format.name
        if form == "wav":
            length = self._content.wav_sound_bytes()
            whole_bytes = max(1, self._bytes - self._damaged_bytes)
            return None if length is None else decoded_s * length / whole_bytes
        if form == "aac":
            return None
        if form == "mp3" and not self._content.mp3_gives_its_length(self._sound_starts_at):
            return None
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        if len(self._container.streams) > 1 or not self._container.duration:
            return None  # a container gives the duration of its longest stream
        return float(self._container.duration / av.time_base)


def _chosen(streams: tuple[av.AudioStream, ...], number: int | None) -> av.AudioStream:
    if not streams:
        raise StemError("holds no audio stream; expected one")
    if number is None and len(streams) > 1:
        raise StemError(
            f"holds {len(streams)} audio streams; name one by its number, such as PATH#0"
        )
    if number is not None and number >= len(streams):
        raise StemError(
            f"holds {len(streams)} audio streams; expected number {number}, they count from 0"
        )
    return streams[number or 0]


def _decoder(context: av.AudioCodecContext) -> av.AudioCodecContext:
    """FFmpeg's own choice, but for MP3 the decoder with whole numbers, which Essentia has."""
    if context.name != "mp3float":
        return context
    return av.CodecContext.create("mp3", "r")


def _are_alike(one: av.AudioFrame, other: av.AudioFrame) -> bool:
    is_same: bool = one.format.name == other.format.name
    return is_same and one.layout.nb_channels == other.layout.nb_channels


def _mono_mix_of(frames: list[av.AudioFrame]) -> Samples:
    """The mono mix of frames that are alike. Shape: (n,)."""
    channels = frames[0].layout.nb_channels
    samples = np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
    if not frames[0].format.is_planar:
        samples = samples.reshape(-1, channels).T
    kind = frames[0].format.packed.name
    columns = samples.T.astype(np.float32)
    if kind == "u8":
        columns -= np.float32(128)
    with np.errstate(invalid="ignore", over="ignore"):  # the mix is checked for this later
        mix: Samples = mono_mix(columns) * np.float32(SCALES[kind])
    return mix


@contextlib.contextmanager
def _errors_as_stem_errors() -> Iterator[None]:
    try:
        yield
    except av.FFmpegError as error:
        raise StemError(
            f"cannot be decoded as audio ({error.strerror}); is it complete?"
        ) from error
