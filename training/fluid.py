"""SoundFonts: FluidSynth in this process, each font loaded once."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from AST.errors import UsageError
from training.compose import Note

if TYPE_CHECKING:
    import fluidsynth

Samples = npt.NDArray[np.float32]
"""Mono, shape (n,)."""

SAMPLE_RATE_HZ = 32_000
"""Of everything before the features: twice the models' rate, and that of the recorded notes."""
DRUM_BANK = 128
MELODIC_CHANNEL, DRUM_CHANNEL = 0, 9
GAIN = 0.25
MODULATION_CONTROLLER = 1
BEND_SEMITONES = 2
BEND_RANGE = 8191


@cache
def _synthesizer(font: Path) -> "tuple[fluidsynth.Synth, int]":
    try:
        import fluidsynth
    except ImportError as error:  # the wrapper is here, the system's library is not
        raise UsageError(
            f"{font}: no FluidSynth to play it ({error}); install it, see training/README.md"
        ) from error
    synthesizer = fluidsynth.Synth(gain=GAIN, samplerate=float(SAMPLE_RATE_HZ))
    synthesizer.setting("synth.reverb.active", 0)
    synthesizer.setting("synth.chorus.active", 0)
    font_id = synthesizer.sfload(str(font))
    if font_id < 0:
        raise UsageError(f"{font}: FluidSynth cannot read this SoundFont; install it again")
    return synthesizer, font_id


def play(
    font: Path,
    bank: int,
    program: int,
    notes: Sequence[Note],
    duration_s: float,
    vibrato: float = 0.0,
    glide: float = 0.0,
) -> Samples:
    """A part played on one preset.

    Args:
        vibrato: Modulation wheel, 0 to 1.
        glide: How many semitones below its pitch each note starts, up to 2.
    """
    synthesizer, font_id = _synthesizer(font)
    channel = DRUM_CHANNEL if bank == DRUM_BANK else MELODIC_CHANNEL
    if synthesizer.program_select(channel, font_id, bank, program):
        raise UsageError(f"{font}: no preset {bank}:{program}; install the version of Debian 12")
    synthesizer.cc(channel, MODULATION_CONTROLLER, round(127 * vibrato))
    blocks, position = [], 0
    end = round(duration_s * SAMPLE_RATE_HZ)
    for time_s, is_start, note in _events(notes):
        target = min(end, round(time_s * SAMPLE_RATE_HZ))
        if target > position:
            blocks.append(_samples(synthesizer, target - position))
            position = target
        if position >= end:
            break
        if is_start:
            synthesizer.noteon(channel, note.pitch, note.velocity)
            if glide:
                blocks.append(_bend_up(synthesizer, channel, glide, end - position))
                position += len(blocks[-1])
        else:
            synthesizer.noteoff(channel, note.pitch)
    blocks.append(_samples(synthesizer, end - position))
    synthesizer.system_reset()
    return np.concatenate(blocks)


def _events(notes: Sequence[Note]) -> list[tuple[float, bool, Note]]:
    """Ends and starts of all notes in time; at the same time the ends come first."""
    events = [(note.start_s, True, note) for note in notes]
    events += [(note.start_s + note.duration_s, False, note) for note in notes]
    return sorted(events, key=lambda event: event[:2])


def _bend_up(synthesizer: "fluidsynth.Synth", channel: int, semitones: float, room: int) -> Samples:
    """The first 60 ms of a note, sliding up to its pitch."""
    steps = 6
    count = min(room, SAMPLE_RATE_HZ * 60 // 1000) // steps
    blocks = []
    for step in range(steps):
        bend = -BEND_RANGE * semitones / BEND_SEMITONES * (1 - step / steps)
        synthesizer.pitch_bend(channel, int(bend))
        blocks.append(_samples(synthesizer, count))
    synthesizer.pitch_bend(channel, 0)
    return np.concatenate(blocks)


def _samples(synthesizer: "fluidsynth.Synth", count: int) -> Samples:
    if count <= 0:
        return np.zeros(0, np.float32)
    stereo = synthesizer.get_samples(count).reshape(-1, 2)
    mono: Samples = stereo.astype(np.float32).mean(axis=1) / np.float32(32_768)
    return mono
