"""Instruments of recorded notes, the synthesizer, voices: known pitches in, known pitches out."""

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile

from analyze_moisesdb import LABELS
from AST.errors import UsageError
from AST.labels import LabelMap, instrument_labels
from training import effects, fluid, font_sources, synth, voices
from training.catalogue import FONTS, HELD_OUT, PACKAGE_FONTS, VARIED, VARIED_BANK
from training.compose import Note
from training.families import FAMILIES, FAMILY_OF_LABEL, LABELS_IN_ORDER
from training.fluid import SAMPLE_RATE_HZ, Samples
from training.note_sets import NoteSet
from training.sources import TEST, TRAIN, Folders, all_sources, part

from .conftest import tone

MIDDLE_A = 69


def frequency_hz(samples: Samples, rate_hz: int = SAMPLE_RATE_HZ) -> float:
    """The strongest frequency."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax()) * rate_hz / len(samples)


@pytest.fixture
def sine_set(tmp_path: Path) -> NoteSet:
    path = tmp_path / "a4_f.wav"
    soundfile.write(path, tone(440, 2.0, 44_100), 44_100)
    return NoteSet((path,), (path.stem,))


@pytest.mark.parametrize(("pitch", "expected_hz"), [(69, 440.0), (72, 523.25), (57, 220.0)])
def test_a_recorded_note_is_shifted_to_pitch(
    sine_set: NoteSet, pitch: int, expected_hz: float
) -> None:
    rng = np.random.default_rng(0)
    samples = sine_set.play(rng, [Note(0.0, 1.0, pitch, 100)], 1.0)
    assert len(samples) == SAMPLE_RATE_HZ
    assert frequency_hz(samples[: SAMPLE_RATE_HZ // 2]) == pytest.approx(expected_hz, rel=0.01)


def test_a_note_sounds_when_it_should(sine_set: NoteSet) -> None:
    rng = np.random.default_rng(0)
    samples = sine_set.play(rng, [Note(1.0, 0.5, MIDDLE_A, 100)], 3.0)
    sounding = np.flatnonzero(np.abs(samples) > 0.01) / SAMPLE_RATE_HZ
    assert sounding[0] == pytest.approx(1.0, abs=0.01)
    assert sounding[-1] == pytest.approx(1.56, abs=0.02)  # with the release


def test_drums_are_chosen_by_their_names(tmp_path: Path) -> None:
    for name, pitch_hz in (("kick", 60), ("snare", 1000)):
        soundfile.write(tmp_path / f"{name}.wav", tone(pitch_hz, 0.5, 32_000), 32_000)
    files = tuple(sorted(tmp_path.glob("*.wav")))
    kit = NoteSet(files, tuple(path.stem for path in files))
    rng = np.random.default_rng(0)
    kick = kit.play_drums(rng, [Note(0, 0.4, 36, 100)], 0.5)
    snare = kit.play_drums(rng, [Note(0, 0.4, 38, 100)], 0.5)
    assert frequency_hz(kick) < 80  # within the kit's tuning
    assert 850 < frequency_hz(snare) < 1150


def test_a_soundfont_plays_the_pitch_at_its_time() -> None:
    pytest.importorskip("fluidsynth", exc_type=ImportError)
    font = FONTS["generaluser"]
    if not font.is_file():
        pytest.skip(f"no {font.name} here")
    samples = fluid.play(font, 0, 73, [Note(0.5, 1.0, MIDDLE_A, 100)], 2.0)  # a flute
    assert len(samples) == 2 * SAMPLE_RATE_HZ
    sounding = np.flatnonzero(np.abs(samples) > 0.1 * np.abs(samples).max()) / SAMPLE_RATE_HZ
    assert 0.5 <= sounding[0] < 0.6
    assert sounding[-1] < 1.9
    assert frequency_hz(samples[SAMPLE_RATE_HZ * 3 // 4 : SAMPLE_RATE_HZ * 5 // 4]) == (
        pytest.approx(440, rel=0.01)
    )


def test_the_synthesizer_plays_the_pitch() -> None:
    notes = [Note(0.0, 1.0, 45, 100)]
    found = [frequency_hz(synth.play(np.random.default_rng(s), notes, 1.0)) for s in range(12)]
    harmonics = np.array(found) / 110.0
    in_tune = np.abs(harmonics - harmonics.round()) < 0.05
    assert in_tune.mean() > 0.6  # the rest are inharmonic FM


def test_a_voice_sings_the_melody(tmp_path: Path) -> None:
    rate_hz = voices.VOICE_RATE_HZ
    time_s = np.arange(rate_hz) / rate_hz
    buzz = sum(np.sin(2 * np.pi * 130 * k * time_s) / k for k in range(1, 20))
    path = tmp_path / "line.wav"
    soundfile.write(path, 0.1 * np.asarray(buzz), rate_hz)
    rng = np.random.default_rng(1)
    sung = voices.sung(rng, [path], [Note(0.0, 4.0, 48, 100)], 4.0)
    assert len(sung) == pytest.approx(4 * SAMPLE_RATE_HZ, rel=0.01)
    ratio = frequency_hz(sung[SAMPLE_RATE_HZ : 3 * SAMPLE_RATE_HZ]) / 130.8
    assert ratio == pytest.approx(round(ratio), rel=0.04)  # a harmonic of C3, give or take vibrato


def test_a_silent_line_is_told(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "silent.wav", np.zeros(8000), 16_000)
    with pytest.raises(UsageError, match=r"silent\.wav: silent, expected a spoken line"):
        voices.line(tmp_path / "silent.wav")


@pytest.mark.parametrize("label", LABELS_IN_ORDER)
def test_every_trained_label_counts_as_its_family(label: str) -> None:
    assert label in instrument_labels()
    family = FAMILY_OF_LABEL[label]
    assert LabelMap({**LABELS, "speech": ["speech"]})(label) == family


def test_effects_keep_length_and_level() -> None:
    dry = tone(440, 1.0, SAMPLE_RATE_HZ).astype(np.float32)
    for seed, family in enumerate(FAMILIES):
        rng = np.random.default_rng(seed)
        wet = effects.produce(rng, dry, family, "Electric guitar" if seed % 2 else "Piano")
        assert wet.shape == dry.shape
        assert np.abs(wet).max() == pytest.approx(0.5, rel=1e-3)


def test_sets_are_read_from_the_folders_index_and_held_out_whole(tmp_path: Path) -> None:
    rows = [("swagbass", "Bass guitar", "a1"), ("growlybass", "Bass guitar", "e2")]
    with open(tmp_path / "index.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "set", "audioset_label", "source_path"))
        for name, label, note in rows:
            soundfile.write(tmp_path / f"{name}.wav", tone(100, 0.5, 32_000), 32_000)
            writer.writerow((f"{name}.wav", name, label, f"notes/{note}_f.wav"))
    sources = all_sources(Folders(samples=tmp_path))
    held_out, kept = part(sources, TEST), part(sources, TRAIN)
    assert "swagbass" in {source.group for source in held_out}
    assert "growlybass" in {source.group for source in kept}
    assert not {source.group for source in held_out} & {source.group for source in kept}
    assert len(held_out) + len(kept) == len(sources)


def test_only_fonts_of_the_training_are_varied() -> None:
    for font, banks in (("fluid", {0, 8, 16}), ("generaluser", {0, 8, 16})):
        presets = list(font_sources._presets(font))
        assert {bank for _, bank, *_ in presets} == banks
        varied = [label for label, bank, *_ in presets if bank == VARIED_BANK]
        assert ("Harpsichord" in varied) == (font == "fluid")
    assert not HELD_OUT & VARIED.keys()


def test_varied_presets_weigh_less_than_others_in_their_bank(tmp_path: Path) -> None:
    sources = list(font_sources._melodic_sources("fluid", tmp_path / "fluid.sf2"))
    weights: dict[str, list[float]] = {}
    for source in sources:
        weights.setdefault(source.label, []).append(source.weight)
    assert weights["Harpsichord"] == [2.0, 1.0]
    assert weights["Ukulele"] == [2.0]


def test_a_soundfont_of_a_package_is_found(tmp_path: Path) -> None:
    path = tmp_path / PACKAGE_FONTS["sonivox"]
    path.parent.mkdir(parents=True)
    path.touch()  # it is read when it plays

    def of_the_package(folder: Path | None) -> list[str]:
        sources = font_sources.font_sources(folder)
        return [source.label for source in sources if source.group == "sonivox"]

    labels = of_the_package(tmp_path)
    assert "Harmonica" in labels
    assert "Cello" not in labels  # left out
    assert "Drum machine" not in labels  # not there: another kit would be played
    assert of_the_package(None) == []
