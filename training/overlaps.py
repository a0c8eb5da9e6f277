"""Finds recorded notes that test recordings hold too: ``python -m training.overlaps NOTES CLIPS``.

Prints rows for ``training/notes_left_out.csv``, which keeps such notes out of the training.
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
from scipy.fft import irfft, next_fast_len, rfft

from AST.command_line import EXIT_OK, exit_code
from AST.errors import UsageError
from training.note_index import LEFT_OUT_COLUMNS, read_index

FloatArray = npt.NDArray[np.float64]

ATTACK_S = 0.12
"""Of a note: recordings for testing cut notes short, and play the next one into them."""
BODY_S = (0.125, 0.5)
"""Where a note sounds whose attack is slow and little but noise."""
LEAST_CORRELATION = 0.85
"""Of a note with itself, converted anew or under the end of the note before it; or with one that is
so much alike that it had better be left out too."""
QUIETEST_ENERGY_SHARE = 0.002
"""Of the recording's loudest place: correlation with what is nearly silent means nothing."""


def emphasised(samples: FloatArray) -> FloatArray:
    """The second difference: what tells notes apart lies in the treble. Shape: (n,) -> (n - 2,)."""
    return np.diff(samples, 2)


def patterns(samples: FloatArray, sample_rate_hz: int) -> list[FloatArray]:
    """What a note is looked for by: its attack and, if it is as long, its body, emphasised."""
    note = emphasised(samples)
    energy = np.convolve(np.square(note), np.ones(sample_rate_hz // 100), "same")
    start = max(0, int(np.argmax(energy > 0.1 * energy.max())) - sample_rate_hz // 320)
    attack = note[start : start + round(ATTACK_S * sample_rate_hz)]
    body_start, body_end = (round(time_s * sample_rate_hz) for time_s in BODY_S)
    return [attack, note[body_start:body_end]] if len(note) >= body_end else [attack]


class Recordings:
    """What notes are looked for in: emphasised, their spectra and energies taken once."""

    def __init__(self, recordings: Sequence[FloatArray], longest_pattern: int) -> None:
        self.recordings = [emphasised(samples) for samples in recordings]
        longest = max(len(samples) for samples in self.recordings)
        self.length = next_fast_len(longest + longest_pattern, real=True)
        self.spectra = [rfft(samples, self.length) for samples in self.recordings]
        self.energies = [
            np.concatenate([[0.0], np.cumsum(np.square(samples))]) for samples in self.recordings
        ]

    def best_correlation(self, pattern: FloatArray) -> float:
        """The highest normalised correlation of a pattern with any place of any recording."""
        spectrum = np.conj(rfft(pattern, self.length))
        norm, best = float(np.sqrt(np.square(pattern).sum())), 0.0
        for recording, own, summed in zip(
            self.recordings, self.spectra, self.energies, strict=True
        ):
            count = len(recording) - len(pattern) + 1
            if count < 1 or not norm:
                continue
            energy = summed[len(pattern) :] - summed[:count]
            loud = energy > QUIETEST_ENERGY_SHARE * energy.max()
            if loud.any():
                product = np.abs(irfft(own * spectrum, self.length)[:count][loud])
                best = max(best, float((product / np.sqrt(energy[loud])).max()) / norm)
        return best


def overlapping(notes: Path, clips: Path) -> Iterator[Mapping[str, str]]:
    """Rows of the notes' index whose note any of the recordings holds, in the index's order.

    Raises:
        UsageError: There are no recordings, a file cannot be read, or sample rates differ.
    """
    paths = sorted(clips.glob("*.flac"))
    if not paths:
        raise UsageError(f"{clips}: no .flac in it, expected the recordings for testing")
    _, rate_hz = _read(paths[0])
    recordings = Recordings([_read(path, rate_hz)[0] for path in paths], rate_hz)
    for row in read_index(notes):
        own = patterns(_read(notes / row["file"], rate_hz)[0], rate_hz)
        if max(map(recordings.best_correlation, own)) >= LEAST_CORRELATION:
            yield row


def _read(path: Path, expected_rate_hz: int | None = None) -> tuple[FloatArray, int]:
    try:
        samples, rate_hz = soundfile.read(path, always_2d=True)
    except (OSError, soundfile.SoundFileError) as error:
        raise UsageError(f"{path}: cannot be read as audio; replace it or take it out") from error
    if expected_rate_hz not in (None, rate_hz):
        raise UsageError(
            f"{path}: {rate_hz} Hz, expected {expected_rate_hz} Hz as the first recording; "
            "convert it"
        )
    return samples.mean(axis=1), rate_hz


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.overlaps", description=__doc__)
    parser.add_argument("notes", type=Path, help="recorded notes with their index.csv")
    parser.add_argument("clips", type=Path, help="recordings for testing")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: _print_rows(arguments.notes, arguments.clips))


def _print_rows(notes: Path, clips: Path) -> int:
    writer = csv.DictWriter(
        sys.stdout, LEFT_OUT_COLUMNS, extrasaction="ignore", lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(overlapping(notes, clips))
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
