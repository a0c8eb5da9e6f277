"""Small audio files of each format, and damaged copies of them. A seed decides the damage."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from synthetic.encoding import encode

RATE_HZ = 48_000
DURATION_S = 0.6
FORMATS = (
    *(("wav", "pcm_s16le"), ("wav", "pcm_s24le"), ("wav", "pcm_f32le"), ("wav", "adpcm_ima_wav")),
    *(("aiff", "pcm_s16be"), ("flac", "flac"), ("ogg", "flac"), ("ogg", "libopus")),
    *(("ogg", "vorbis"), ("opus", "libopus"), ("mp3", "libmp3lame"), ("aac", "aac")),
    *(("m4a", "aac"), ("m4a", "alac"), ("mp4", "aac"), ("webm", "libopus")),
    *(("mka", "aac"), ("wma", "wmav2"), ("wv", "wavpack")),
)
"""Suffix and FFmpeg's name of the encoding."""
HEADER_BYTES = 200
"""Half of all damage is done here: a header decides more than a sample."""
LONGEST_RUN_BYTES = 400
EXTREMES = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\x80\0\0\0")

Damage = Callable[[bytearray, random.Random, Sequence[bytes]], None]


def write_formats(folder: Path) -> list[Path]:
    """A file of each format: a tone in one channel, noise in the other."""
    time_s = np.arange(round(DURATION_S * RATE_HZ)) / RATE_HZ
    tone = 0.5 * np.sin(2 * np.pi * 440 * time_s)
    noise = np.random.default_rng(0).normal(0, 0.1, len(tone))
    sound = np.stack([tone, noise], axis=1)
    paths = []
    for suffix, codec in FORMATS:
        path = folder / f"{codec}.{suffix}"
        paths.append(encode(path, sound, rate_hz=RATE_HZ, codec=codec))
    return paths


def flip_bit(data: bytearray, generator: random.Random, _others: Sequence[bytes]) -> None:
    data[_place(data, generator)] ^= 1 << generator.randrange(8)


def overwrite(data: bytearray, generator: random.Random, _others: Sequence[bytes]) -> None:
    place = _place(data, generator)
    run = generator.randbytes(generator.randint(1, LONGEST_RUN_BYTES))
    data[place : place + len(run)] = run


def set_extreme(data: bytearray, generator: random.Random, _others: Sequence[bytes]) -> None:
    place = _place(data, generator)
    data[place : place + 4] = generator.choice(EXTREMES)


def delete(data: bytearray, generator: random.Random, _others: Sequence[bytes]) -> None:
    place = _place(data, generator)
    del data[place : place + generator.randint(1, LONGEST_RUN_BYTES)]


def cut(data: bytearray, generator: random.Random, _others: Sequence[bytes]) -> None:
    del data[generator.randrange(len(data)) :]


def fill_the_end_with_zeros(
    data: bytearray, generator: random.Random, _others: Sequence[bytes]
) -> None:
    place = generator.randrange(len(data))
    data[place:] = bytes(len(data) - place)


def append_other(data: bytearray, generator: random.Random, others: Sequence[bytes]) -> None:
    data += generator.choice(others)


def replace_start(data: bytearray, generator: random.Random, others: Sequence[bytes]) -> None:
    length = generator.randint(1, HEADER_BYTES)
    data[:length] = generator.choice(others)[:length]


DAMAGES: tuple[Damage, ...] = (
    *(flip_bit, overwrite, set_extreme, delete, cut),
    *(fill_the_end_with_zeros, append_other, replace_start),
)


def _place(data: bytearray, generator: random.Random) -> int:
    is_in_header = generator.random() < 0.5
    return generator.randrange(min(len(data), HEADER_BYTES) if is_in_header else len(data))


def write_damaged(folder: Path, count: int, seed: int) -> list[Path]:
    """Writes damaged files of all formats in turn, each with one to three damages."""
    generator = random.Random(seed)
    whole = write_formats(folder)
    contents = [path.read_bytes() for path in whole]
    paths = []
    for number in range(count):
        place = number % len(whole)
        data = bytearray(contents[place])
        for _ in range(generator.randint(1, 3)):
            if data:
                generator.choice(DAMAGES)(data, generator, contents)
        path = folder / f"{number:05d}-{whole[place].name}"
        path.write_bytes(data)
        paths.append(path)
    return [*whole, *paths]
