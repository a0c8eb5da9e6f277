"""From a file to samples: one decode to the mono mix, or a line that says why not."""

import errno
import os
import re
import shutil
import stat
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile

from AST.audio.essentia_quietly import essentia_standard, no_messages
from AST.audio.recording import (
    LOWEST_RATE_HZ,
    Recording,
    Samples,
    checked,
    is_long,
    mono_mix,
)
from AST.errors import StemError
from AST.writing import printable

ESSENTIA_ENCODINGS = frozenset({"MPEG_LAYER_III", "VORBIS"})
"""What Essentia is given to decode, by libsndfile's names: where decoders differ, the reference
study's decides. Of the others libsndfile makes the same samples several times faster; and one that
Essentia's FFmpeg lacks, such as Opus or ADPCM, would damage the memory of the whole process."""

LIBSNDFILE_MAGIC = frozenset({b"RIFF", b"RF64", b"FORM", b"fLaC", b"OggS"})
"""Starts of files of the formats that libsndfile knows. One that it does not understand is damaged
or holds a rare encoding, and is not given to Essentia, for the same reason."""

LENGTH_IN_HEADER = re.compile(r"^ *(?:data|SSND) *: (\d+) \(should be (\d+)\)", re.MULTILINE)
"""How libsndfile notes a length in a WAV or AIFF header that the file's size contradicts."""

UNKNOWN_LENGTH = 2**62
"""From this on, what a header is said to promise is libsndfile's way to say that it does not."""

LARGE_BYTES = 24_000_000
"""Ten minutes at 320 kbit/s, the highest rate of MP3: larger lossy files are taken for long ones,
whatever their headers say."""

READ_S = 10
SAMPLE_BYTES, WAV_SAMPLE_BYTES = 4, 2
"""Of the mono mix, and of each channel that Essentia writes."""


def decode(path: Path) -> Recording:
    """Decodes a file, as Essentia's MonoLoader does, but at the file's own rate.

    Lossy files are decoded by Essentia, all others, which every decoder decodes alike, by
    libsndfile. The mix of a long file lies in a temporary file.

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
        if error.errno == errno.ENOSPC:
            raise StemError(
                f"is long, and its mix does not fit into {tempfile.gettempdir()}; make room there"
            ) from error
        raise StemError(f"cannot be opened: {error.strerror}") from error
    if not recording.length:
        raise StemError("holds no audio samples; expected at least one")
    return recording


def _decode_open_file(path: Path, file: BinaryIO) -> Recording:
    try:
        header = soundfile.info(file, verbose=True)
    except soundfile.LibsndfileError as error:
        file.seek(0)
        if file.read(4) in LIBSNDFILE_MAGIC:
            raise _undecodable(error.error_string) from error
        return _decode_by_essentia(path, file, *_length_by_its_tags(path))
    if header.samplerate < LOWEST_RATE_HZ:
        raise StemError(
            f"has a sample rate of {header.samplerate} Hz; expected {LOWEST_RATE_HZ} or more"
        )
    if header.channels <= 2 and header.subtype in ESSENTIA_ENCODINGS:
        recording = _decode_by_essentia(path, file, header.frames, header.samplerate)
    else:
        recording = _decode_by_libsndfile(path, file, header)
    return replace(recording, warning=_length_warning(header, recording))


def _is_long(header: Any) -> bool:
    """Counts as the mono mix does; decoded, more than two channels take more room than that."""
    return is_long(header.frames * max(2, header.channels) // 2, header.samplerate)


def _length_by_its_tags(path: Path) -> tuple[int, int]:
    """Samples and sample rate of a file that libsndfile does not know, such as m4a; or zeros."""
    if printable(path) != str(path):  # no name for Essentia
        return 0, 0
    *_, duration_s, _, rate_hz, _ = essentia_standard().MetadataReader(filename=str(path))()
    return duration_s * rate_hz, rate_hz


def _decode_by_libsndfile(path: Path, file: BinaryIO, header: Any) -> Recording:
    try:
        if _is_long(header):
            return _read_in_blocks(file)
        file.seek(0)
        samples, rate_hz = soundfile.read(file, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        if header.format == "FLAC":  # damaged or of unknown length: Essentia takes what there is
            return _decode_by_essentia(path, file)
        raise _undecodable(error.error_string) from error
    return Recording.in_memory(checked(mono_mix(samples)), rate_hz)


def _read_in_blocks(file: BinaryIO, channels: int | None = None) -> Recording:
    """A long file's mix, written into a temporary file, where it can be read from anywhere.

    Args:
        channels: How many of them hold sound; by default all.
    """
    file.seek(0)
    mix = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the recording)
    length = 0
    with soundfile.SoundFile(file) as sound:
        rate_hz = sound.samplerate
        while len(samples := sound.read(READ_S * rate_hz, dtype="float32", always_2d=True)):
            mix.write(checked(mono_mix(samples[:, :channels])).tobytes())
            length += len(samples)

    def read(start: int, stop: int) -> Samples:
        mix.seek(start * SAMPLE_BYTES)
        return np.frombuffer(mix.read((stop - start) * SAMPLE_BYTES), np.float32)

    return Recording(length, rate_hz, read)


def _decode_by_essentia(path: Path, file: BinaryIO, length: int = 0, rate_hz: int = 0) -> Recording:
    """Args: the file's length and sample rate as far as they are known before."""
    is_large = os.fstat(file.fileno()).st_size > LARGE_BYTES
    name = os.fspath(path)
    try:
        name.encode()
    except UnicodeEncodeError:  # Essentia takes UTF-8 only, the file system any bytes
        name = f"/dev/fd/{file.fileno()}"
    try:
        if is_large or is_long(length, rate_hz):
            return _read_what_essentia_writes(name, length)
        essentia = essentia_standard()
        samples, rate_hz, channels, *_ = essentia.AudioLoader(filename=name)()
    except RuntimeError as error:
        if "AudioWriter" in str(error):  # others may have taken the room since it was asked for
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        reason = str(error).rpartition("error = ")[2].rpartition("AudioLoader: ")[2]
        raise _undecodable(reason) from error
    mixed = essentia.MonoMixer()(samples, channels)
    return Recording.in_memory(checked(mixed), int(rate_hz))


def _read_what_essentia_writes(name: str, length: int) -> Recording:
    """A long file as a WAV, of 16 bits: Essentia can stream into files, and only into such.

    MP3s have no more; Vorbis and AAC lose what lies below the 16th bit or beyond full scale.
    """
    room_needed_bytes = length * (2 * WAV_SAMPLE_BYTES + SAMPLE_BYTES)
    if shutil.disk_usage(tempfile.gettempdir()).free < room_needed_bytes:
        # Not left to the writer: Essentia's next decoding would crash after one that failed.
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    essentia_standard()
    import essentia
    from essentia import streaming

    facts = essentia.Pool()
    with tempfile.TemporaryFile() as wav:
        loader = streaming.AudioLoader(filename=name)
        # A file without a name: whatever ends this process leaves nothing behind.
        writer = streaming.AudioWriter(filename=f"/dev/fd/{wav.fileno()}", format="wav")
        loader.audio >> writer.audio
        loader.numberChannels >> (facts, "channels")
        loader.sampleRate >> (facts, "sample_rate_hz")
        for unused in (loader.md5, loader.bit_rate, loader.codec):
            unused >> None
        with no_messages():
            essentia.run(loader)
        recording = _read_in_blocks(wav, int(facts["channels"]))
    return replace(recording, sample_rate_hz=int(facts["sample_rate_hz"]))


def _undecodable(reason: str) -> StemError:
    return StemError(f"cannot be decoded as audio ({reason.rstrip('.')}); is it whole?")


def _length_warning(header: Any, recording: Recording) -> str | None:
    if lengths := LENGTH_IN_HEADER.search(header.extra_info):
        promised, present = f"{lengths[1]} bytes of sound", f"the file has {lengths[2]}"
    elif header.format == "FLAC" and recording.length < header.frames < UNKNOWN_LENGTH:
        promised, present = f"{header.duration:.1f} s", f"{recording.duration_s:.1f} s were decoded"
    else:
        return None
    return f"damaged or cut short: its header promises {promised}, {present}"
