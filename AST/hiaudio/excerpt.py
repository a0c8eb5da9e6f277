"""What ``getaudioexcerpt`` returns: samples, which become a file if somebody asks for a path."""

import contextlib
import os
import tempfile
import wave
import weakref

from AST.audio.excerpt import Samples16Bit, at_model_rate
from AST.audio.recording import Samples


class AudioExcerpt(os.PathLike[str]):
    """The part of a file that AST takes: mono, silence trimmed, at the file's own sample rate.

    ``os.fspath`` writes it as a WAV, and ``open`` and all that takes a path do so too. Each call
    writes a file of its own into the folder for temporary files. These files exist as long as the
    excerpt does: keep the excerpt while you use its path.

    Attributes:
        samples: 16-bit, shape (n,).
        sample_rate_hz: The file's own.
    """

    def __init__(self, samples: Samples16Bit, sample_rate_hz: int) -> None:
        self.samples, self.sample_rate_hz = samples, sample_rate_hz

    def __fspath__(self) -> str:
        """Writes a WAV and returns its path.

        Raises:
            OSError: It cannot be written.
        """
        handle, path = tempfile.mkstemp(prefix="excerpt-", suffix=".wav")
        weakref.finalize(self, _delete, path, os.getpid())
        with open(handle, "wb") as file, wave.open(file, "wb") as wav:
            wav.setparams((1, 2, self.sample_rate_hz, 0, "NONE", ""))
            wav.writeframes(self.samples.astype("<i2").tobytes())
        return path

    def at_model_rate(self) -> Samples:
        """The samples as AST's spectrogram takes them: 16 kHz, shape (m,)."""
        return at_model_rate(self.samples, self.sample_rate_hz)


def _delete(path: str, process_id: int) -> None:
    if os.getpid() == process_id:  # a forked process has the same excerpt; the file is not its own
        with contextlib.suppress(OSError):  # the caller may have moved it
            os.remove(path)
