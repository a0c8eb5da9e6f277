"""What FFmpeg does not tell about a file: read from its bytes."""

import os
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

WAV_MARKS = (b"RIFF", b"RF64", b"BW64")
WAV_HEADER_BYTES = 12
UNKNOWN_LENGTHS = (0, 0xFFFF_FFFF)
"""What programs write that did not know the length, because they wrote to a pipe."""
ID3_HEADER_BYTES = 10
LONGEST_MP3_FRAME_BYTES = 1_441
XING_FRAME = re.compile(rb"\xff[\xe0-\xff].{11,42}(Xing|Info|VBRI)", re.DOTALL)
"""The frame before the sound in which an MP3 gives its length: from its start to its mark."""


class Content:
    """What FFmpeg reads: an open file, without the ID3 tag that some programs put before a WAV.

    The file has no name here, so that FFmpeg looks at its content only.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._start = file, _wav_after_id3(file)
        self.seek(0)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def tell(self) -> int:
        return self._file.tell() - self._start

    def seek(self, position: int, whence: int = os.SEEK_SET) -> int:
        """Returns the new position, or -1 where a damaged header points outside of any file."""
        if whence == os.SEEK_SET:
            position += self._start
        try:
            return self._file.seek(position, whence) - self._start
        except (OSError, ValueError, OverflowError):
            return -1

    def wav_sound_bytes(self) -> int | None:
        """The length of a WAV's sound by its header, or None if it gives none."""
        long_length = None
        for name, length in self._wav_chunks():
            if name == b"ds64":  # the lengths of a file of 4 GB or more
                long_length = struct.unpack("<Q", self.read(16)[8:])[0]
                self.seek(-16, os.SEEK_CUR)
            if name == b"data":
                return long_length or (None if length in UNKNOWN_LENGTHS else length)
        return None

    def _wav_chunks(self) -> Iterator[tuple[bytes, int]]:
        self.seek(WAV_HEADER_BYTES)
        while len(header := self.read(8)) == 8:
            name, length = struct.unpack("<4sI", header)
            position = self.tell()
            yield name, length
            self.seek(position + length + length % 2)

    def mp3_gives_its_length(self, sound_starts_at: int) -> bool:
        """Whether an MP3 has a frame that says how many there are."""
        start = max(0, sound_starts_at - LONGEST_MP3_FRAME_BYTES)
        self.seek(start)
        return XING_FRAME.search(self.read(sound_starts_at - start)) is not None


def _wav_after_id3(file: BinaryIO) -> int:
    """The position of a WAV header that follows an ID3v2 tag, else 0."""
    header = file.read(ID3_HEADER_BYTES)
    if header[:3] != b"ID3" or len(header) < ID3_HEADER_BYTES:
        return 0
    length = 0
    for byte in header[6:]:  # seven bits each
        length = length << 7 | byte & 0x7F
    start = ID3_HEADER_BYTES + length
    file.seek(start)
    return start if file.read(4) in WAV_MARKS else 0
