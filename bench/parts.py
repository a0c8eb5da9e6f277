"""Measures where the time of one file goes: the time of each part of the work."""

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import torch

from AST.audio.decoding import decode
from AST.audio.excerpt import excerpt, excerpt_16_bit
from AST.audio.mel_patches import mel_patch_blocks
from AST.audio.recording import rms_dbfs, to_model_rate
from AST.audio.spectrogram import FRAME_COUNT, MEL_BAND_COUNT, spectrogram
from AST.engines.stem_result import StemResult
from AST.recognition.models import Models
from AST.results import Row
from AST.run.journal import Journal
from bench.machine import Result, timed


def clips_per_s(models: Models, batch_size: int) -> float:
    """Clips per second of AST alone, on ready spectrograms: the best of three rounds."""
    clips = torch.zeros(batch_size, FRAME_COUNT, MEL_BAND_COUNT)
    return batch_size / min(timed(models.tagger.scores, clips)[0] for _ in range(3))


def parts_s(paths: Sequence[Path], models: Models, folder: Path) -> dict[str, float]:
    """Seconds that each part takes: the median over the files.

    Args:
        folder: Where to write a results file, to measure that time too.
    """
    journal = Journal(folder / "parts.csv", {})
    _parts_of(paths[0], models, journal)  # first calls set up memory and thread pools
    rounds = [_parts_of(path, models, journal) for path in paths]
    journal.close()
    return {part: median(each[part] for each in rounds) for part in rounds[0]}


def _parts_of(path: Path, models: Models, journal: Journal) -> dict[str, float]:
    seconds: dict[str, float] = {}

    def part(name: str, work: Callable[[], Result]) -> Result:
        seconds[name], result = timed(work)
        return result

    recording = part("decode", lambda: decode(path))
    part("level", lambda: rms_dbfs(recording))
    samples = part("resample", lambda: list(to_model_rate(recording)))
    part("trim", lambda: excerpt_16_bit(recording))
    excerpt_samples = excerpt(recording)
    features = part("features", lambda: spectrogram(excerpt_samples))
    mel_patches = part("mel patches", lambda: list(mel_patch_blocks(samples)))
    part("speech", lambda: models.speech.scores_percent([mel_patches]))
    scores = part("ast", lambda: models.tagger.scores(features.unsqueeze(0)))
    result = StemResult(Row("vocals", str(path), "singing", "vocals"), scores[0], 0.0, -20.0)
    part("write", lambda: journal.append([result]))
    return seconds
