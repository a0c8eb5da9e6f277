"""Plucked strings, the electric piano, and parts on a larger or smaller instrument: in tune."""

import io
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest

from AST.errors import UsageError
from training import font_sources, patches, strings, synth
from training.catalogue import PATCHES, STRINGS
from training.compose import Generator, Note
from training.fluid import SAMPLE_RATE_HZ, Samples

from .conftest import tone
from .test_training_sounds import frequency_hz

NOTES = [Note(0.0, 1.0, 57, 100), Note(0.5, 0.25, 61, 40)]


def pitch_hz(samples: Samples, low_hz: float = 60, high_hz: float = 1200) -> float:
    """Of the strongest repetition, by autocorrelation, between samples by a parabola."""
    spectrum = np.abs(np.fft.rfft(samples, 2 * len(samples))) ** 2
    repetition = np.fft.irfft(spectrum)
    shortest = int(SAMPLE_RATE_HZ / high_hz)
    lags = repetition[shortest : int(SAMPLE_RATE_HZ / low_hz)]
    first = int(np.argmax(lags > 0.8 * lags.max()))
    while lags[first + 1] > lags[first]:
        first += 1
    before, peak, after = lags[first - 1 : first + 2]
    between = 0.5 * (before - after) / (before - 2 * peak + after)
    return SAMPLE_RATE_HZ / (shortest + first + float(between))


@pytest.mark.parametrize("label", sorted(strings.KINDS))
@pytest.mark.parametrize("pitch", [40, 57, 76])
def test_a_plucked_string_is_in_tune(label: str, pitch: int) -> None:
    rng = np.random.default_rng(pitch)
    instrument = strings.drawn(rng, strings.KINDS[label])
    samples = strings.pluck(rng, pitch, 0.8, SAMPLE_RATE_HZ // 2, instrument)
    expected_hz = 440 * 2 ** ((pitch - 69) / 12)
    assert pitch_hz(samples.astype(np.float32)) == pytest.approx(expected_hz, rel=0.006)


@pytest.mark.parametrize("label", sorted(strings.KINDS))
def test_a_plucked_string_fades(label: str) -> None:
    rng = np.random.default_rng(0)
    samples = strings.play(label, rng, [Note(0.0, 4.0, 57, 100)], 4.0)
    start, end = (np.square(part).mean() for part in np.split(samples, 2))
    assert samples.shape == (4 * SAMPLE_RATE_HZ,)
    assert 0 <= end < 0.5 * start


def test_every_instrument_of_strings_can_be_built() -> None:
    assert set(STRINGS) == set(strings.KINDS)


def test_the_electric_piano_is_in_tune() -> None:
    for seed in range(6):
        samples = synth.electric_piano(np.random.default_rng(seed), [Note(0, 1, 57, 100)], 1.0)
        ratio = frequency_hz(samples) / 220
        assert ratio > 0.9
        assert ratio == pytest.approx(round(ratio), abs=0.04)


def test_another_size_keeps_pitch_and_time() -> None:
    asked = []

    def play(rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
        asked.append(notes[0].pitch)
        samples = np.zeros(round(duration_s * SAMPLE_RATE_HZ), np.float32)
        (note,) = notes
        start = round(note.start_s * SAMPLE_RATE_HZ)
        sounding = tone(440 * 2 ** ((note.pitch - 69) / 12), note.duration_s, SAMPLE_RATE_HZ)
        samples[start : start + len(sounding)] = sounding
        return samples

    for seed in range(12):
        rng = np.random.default_rng(seed)
        samples = font_sources._of_another_size(play, rng, [Note(0.5, 1.0, 69, 100)], 2.0)
        assert len(samples) == 2 * SAMPLE_RATE_HZ
        assert frequency_hz(samples) == pytest.approx(440, rel=0.005)
        sounding = np.flatnonzero(np.abs(samples) > 0.01) / SAMPLE_RATE_HZ
        assert sounding[[0, -1]] == pytest.approx([0.5, 1.5], abs=0.01)
    assert len(set(asked)) > 3


def test_a_midi_file_holds_the_notes() -> None:
    file = mido.MidiFile(file=io.BytesIO(patches.midi_file(24, NOTES)))
    now_s, found = 0.0, []
    for message in file:
        now_s += message.time
        if message.type in ("note_on", "note_off"):
            found.append((round(now_s, 3), message.type, message.note))
    assert found == [
        (0.0, "note_on", 57),
        (0.5, "note_on", 61),
        (0.75, "note_off", 61),
        (1.0, "note_off", 57),
    ]


def test_a_patch_plays_the_pitch() -> None:
    if not (PATCHES.is_file() and shutil.which(patches.PLAYER)):
        pytest.skip("no freepats or no TiMidity++ here")
    samples = patches.play(PATCHES, 73, [Note(0.0, 1.5, 69, 100)], 2.0)  # a flute
    assert samples.shape == (2 * SAMPLE_RATE_HZ,)
    assert frequency_hz(samples[:SAMPLE_RATE_HZ]) == pytest.approx(440, rel=0.01)


def test_without_the_player_one_line_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match=r"no timidity to play it; see training/README\.md"):
        patches.play(Path("some.cfg"), 0, NOTES, 1.0)


def test_a_configuration_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    if not shutil.which(patches.PLAYER):
        pytest.skip("no TiMidity++ here")
    with pytest.raises(UsageError, match="timidity gave up"):
        patches.play(tmp_path / "none.cfg", 0, NOTES, 1.0)


def test_a_harpsichord_has_one_of_its_registrations() -> None:
    kind = strings.KINDS["Harpsichord"]
    drawn = [strings.drawn(np.random.default_rng(seed), kind) for seed in range(30)]
    sounding = {tuple(round(step) for step in own.courses) for own in drawn}
    assert sounding <= set(kind.registrations)
    assert len(sounding) > 3
    assert min(own.touch for own in drawn) < 0.1


def test_keys_without_touch_sound_the_same_however_they_are_struck() -> None:
    instrument = replace(
        strings.drawn(np.random.default_rng(0), strings.KINDS["Harpsichord"]), touch=0.0
    )

    def level(velocity: int, touch: float) -> float:
        own = replace(instrument, touch=touch)
        notes = [Note(0.0, 0.5, 57, velocity)]
        return float(np.abs(strings.sound(own, np.random.default_rng(1), notes, 0.5)).max())

    assert level(30, touch=0.0) == level(120, touch=0.0)
    assert level(30, touch=1.0) < 0.5 * level(120, touch=1.0)


def test_jacks_are_heard_as_they_fall_back() -> None:
    drawn = strings.drawn(np.random.default_rng(0), strings.KINDS["Harpsichord"])
    quiet = replace(drawn, release_noise=0.0)
    clicking = replace(drawn, release_noise=0.3)
    notes = [Note(0.0, 0.5, 57, 100)]
    without, with_them = (
        strings.sound(own, np.random.default_rng(1), notes, 1.0) for own in (quiet, clicking)
    )
    end = SAMPLE_RATE_HZ // 2
    assert np.allclose(without[:end], with_them[:end], atol=1e-5)
    assert np.abs(with_them - without)[end : end + 300].max() > 0.05


def test_a_recorded_body_is_heard_after_the_string() -> None:
    late = np.zeros(50)
    late[40] = 1.0
    drawn = replace(strings.drawn(np.random.default_rng(0), strings.KINDS["Mandolin"]), body=())
    notes = [Note(0.0, 0.5, 69, 100)]
    bare, delayed = (
        strings.sound(replace(drawn, recorded_body=body), np.random.default_rng(1), notes, 0.5)
        for body in (None, late)
    )
    assert np.abs(bare).max() > 0.1
    assert np.allclose(delayed[40:], bare[:-40], atol=1e-5)


def test_recorded_bodies_are_read_at_the_working_rate(tmp_path: Path) -> None:
    response = np.zeros(1024)
    response[400] = 12_000  # of 22,050 a second
    response.astype(">i2").tofile(tmp_path / "mand1.raw")
    (tmp_path / "mandpluk.raw").write_bytes(b"another kind of sound")
    (body,) = strings._bodies(tmp_path)
    assert np.argmax(np.abs(body)) == pytest.approx(400 * SAMPLE_RATE_HZ / 22_050, abs=1)
    assert np.square(body).sum() == pytest.approx(1)


def test_without_recorded_bodies_mandolins_are_built_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strings, "MANDOLIN_BODIES", tmp_path)
    kind = strings.KINDS["Mandolin"]
    assert all(
        strings.drawn(np.random.default_rng(seed), kind).recorded_body is None for seed in range(5)
    )
