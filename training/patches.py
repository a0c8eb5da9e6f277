"""Freepats' patches of the Gravis Ultrasound, played by TiMidity++, one process for each part."""

import io
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import mido
import numpy as np

from AST.errors import UsageError
from training.compose import Note
from training.fluid import SAMPLE_RATE_HZ, Samples

TICKS_PER_S = 1000
TICKS_PER_BEAT = 500
"""At MIDI's own tempo of 120 beats a minute: a tick is a millisecond."""
PLAYER = "timidity"
OPTIONS = ("-EFreverb=0", "-EFchorus=0", "-Or1slM", "-s", str(SAMPLE_RATE_HZ), "-o", "-", "-")
"""Raw 16-bit little-endian mono on stdout, from a file on stdin."""


def play(configuration: Path, program: int, notes: Sequence[Note], duration_s: float) -> Samples:
    """A part played on one patch.

    Raises:
        UsageError: TiMidity++ is not installed, or gave up.
    """
    if not shutil.which(PLAYER):
        raise UsageError(f"{configuration}: no {PLAYER} to play it; see training/README.md")
    command = (PLAYER, "-c", str(configuration), *OPTIONS)
    done = subprocess.run(command, input=midi_file(program, notes), capture_output=True)
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise UsageError(f"{configuration}: {PLAYER} gave up ({last}); install it again")
    part = np.frombuffer(done.stdout, "<i2")[: round(duration_s * SAMPLE_RATE_HZ)]
    samples = np.zeros(round(duration_s * SAMPLE_RATE_HZ), np.float32)
    samples[: len(part)] = part.astype(np.float32) / np.float32(32_768)
    return samples


def midi_file(program: int, notes: Sequence[Note]) -> bytes:
    """A Standard MIDI File of one track."""
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_BEAT)
    track = mido.MidiTrack([mido.Message("program_change", program=program)])
    events = [(note.start_s, "note_on", note) for note in notes]
    events += [(note.start_s + note.duration_s, "note_off", note) for note in notes]
    now = 0
    for time_s, kind, note in sorted(events, key=lambda event: event[:2]):
        tick = round(time_s * TICKS_PER_S)
        message = mido.Message(kind, note=note.pitch, velocity=note.velocity, time=tick - now)
        track.append(message)
        now = tick
    file.tracks.append(track)
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()
