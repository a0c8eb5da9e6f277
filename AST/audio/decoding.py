"""Decodes a file to its mono mix, or raises an error that fits on one line."""

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
from AST.audio.recording import LOWEST_RATE_HZ, Recording, Samples, checked, is_long, mono_mix
from AST.errors import StemError
from AST.writing import printable

ESSENTIA_ENCODINGS = frozenset({"MPEG_LAYER_III", "VORBIS"})
"""Essentia decodes these (libsndfile's names): decoders differ here, and the study used Essentia.
libsndfile decodes the others to the same samples, several times faster. Encodings that Essentia's
FFmpeg lacks, such as Opus or ADPCM, would corrupt the memory of the whole process."""
LIBSNDFILE_MAGIC = frozenset({b"RIFF", b"RF64", b"FORM", b"fLaC", b"OggS"})
"""First bytes of the formats that libsndfile knows. If libsndfile cannot read such a file, it is
damaged or has a rare encoding. Essentia does not get it, for the same reason."""
LENGTH_IN_HEADER = re.compile(r"^ *(?:data|SSND) *: (\d+) \(should be (\d+)\)", re.MULTILINE)
"""libsndfile's note that the length in a WAV or AIFF header contradicts the file's size."""
UNKNOWN_LENGTH = 2**62
"""If a header gives no length, libsndfile reports at least this many samples."""
LARGE_BYTES = 24_000_000
"""Ten minutes at 320 kbit/s, the highest MP3 rate. Larger lossy files are treated as long,
whatever their headers say."""

READ_S = 10
SAMPLE_BYTES, WAV_SAMPLE_BYTES = 4, 2
"""Bytes per sample of the mono mix, and of each channel that Essentia writes."""


def decode(path: Path) -> Recording:
    """Decodes a file like Essentia's MonoLoader, but keeps the file's own sample rate.

    Essentia decodes lossy files if it can, libsndfile decodes all others. The mono mix of a long
    file is kept in a temporary file.

    Raises:
        StemError: The file cannot be opened or decoded, has no samples, or has invalid samples.
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would never return
            raise StemError("is not a regular file; expected an audio file")
        if not status.st_size:
            raise StemError("is an empty file (0 bytes); expected audio, copy it again")
        with open(path, "rb") as file:
            recording = _decode_open_file(path, file)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StemError(
                f"is long, and its mix does not fit into {tempfile.gettempdir()}; make room there"
            ) from error
        raise StemError(f"cannot be opened: {error.strerror}") from error
    if not recording.length:
        raise StemError("holds no audio samples; expected at least one, export it again")
    return recording


def _decode_open_file(path: Path, file: BinaryIO) -> Recording:
    try:
        header = soundfile.info(file, verbose=True)
    except soundfile.LibsndfileError as error:
        file.seek(0)
        if file.read(4) in LIBSNDFILE_MAGIC:
            raise _undecodable(error.error_string) from error
        return _decode_by_essentia(path, file, *_length_in_tags(path))
    if header.samplerate < LOWEST_RATE_HZ:
        raise StemError(
            f"has a sample rate of {header.samplerate} Hz; expected {LOWEST_RATE_HZ} Hz or more"
        )
    if header.channels <= 2 and header.subtype in ESSENTIA_ENCODINGS:
        recording = _decode_by_essentia(path, file, header.frames, header.samplerate)
    else:
        recording = _decode_by_libsndfile(path, file, header)
    return replace(recording, warning=_length_warning(header, recording))


def _length_in_tags(path: Path) -> tuple[int, int]:
    """Length in samples and rate in Hz of, for example, an m4a file; zeros if not known."""
    if printable(path) != str(path):  # Essentia cannot read this name
        return 0, 0
    *_, duration_s, _, rate_hz, _ = essentia_standard().MetadataReader(filename=str(path))()
    return duration_s * rate_hz, rate_hz


def _decode_by_libsndfile(path: Path, file: BinaryIO, header: Any) -> Recording:
    try:
        length = header.frames * max(2, header.channels) // 2  # more channels need more memory
        if is_long(length, header.samplerate):
            return _read_in_blocks(file)
        file.seek(0)
        samples, rate_hz = soundfile.read(file, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        if header.format == "FLAC":  # damaged, or its length is not known: Essentia still reads it
            return _decode_by_essentia(path, file)
        raise _undecodable(error.error_string) from error
    return Recording.in_memory(checked(mono_mix(samples)), rate_hz)


def _read_in_blocks(file: BinaryIO, channels: int | None = None) -> Recording:
    """Writes the mix of a file's first channels, or of all, to a temporary file."""
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
    """Decodes with Essentia; the length in samples and the sample rate are 0 if not known."""
    is_large = os.fstat(file.fileno()).st_size > LARGE_BYTES
    # Essentia needs UTF-8, file systems allow any bytes.
    name = str(path) if printable(path) == str(path) else f"/dev/fd/{file.fileno()}"
    try:
        if is_large or is_long(length, rate_hz):
            return _decode_through_wav(name, length)
        essentia = essentia_standard()
        samples, rate_hz, channels, *_ = essentia.AudioLoader(filename=name)()
    except RuntimeError as error:
        if "AudioWriter" in str(error):  # the disk became full after the check
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        reason = str(error).rpartition("error = ")[2].rpartition("AudioLoader: ")[2]
        raise _undecodable(reason) from error
    return Recording.in_memory(checked(essentia.MonoMixer()(samples, channels)), int(rate_hz))


def _decode_through_wav(name: str, length: int) -> Recording:
    """Decodes a long file to a temporary WAV: Essentia can stream only to files, with 16 bits.

    MP3 loses nothing; Vorbis and AAC lose what is below 16 bits or beyond full scale.
    """
    room_needed_bytes = length * (2 * WAV_SAMPLE_BYTES + SAMPLE_BYTES)
    if shutil.disk_usage(tempfile.gettempdir()).free < room_needed_bytes:
        # Checked here because after a failed write Essentia's next decode would crash.
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    essentia_standard()
    import essentia
    from essentia import streaming

    facts = essentia.Pool()
    with tempfile.TemporaryFile() as wav:
        loader = streaming.AudioLoader(filename=name)
        # The file has no name, so it disappears even if this process is killed.
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
    return StemError(f"cannot be decoded as audio ({reason.rstrip('.')}); is it complete?")


def _length_warning(header: Any, recording: Recording) -> str | None:
    if lengths := LENGTH_IN_HEADER.search(header.extra_info):
        promised, present = f"{lengths[1]} bytes of sound", f"the file has {lengths[2]}"
    elif header.format == "FLAC" and recording.length < header.frames < UNKNOWN_LENGTH:
        promised, present = f"{header.duration:.1f} s", f"{recording.duration_s:.1f} s were decoded"
    else:
        return None
    return f"damaged or cut short: its header promises {promised}, {present}"
