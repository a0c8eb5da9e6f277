"""A run of four stems whose windows are known, for the tests of figures of windows."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.files.score_file import StemScores
from AST.evaluation.files.window_scores import WindowScores
from AST.evaluation.scores.rule_effects import decide_again
from AST.evaluation.windows.first_windows import by_first_windows
from AST.labels import LabelMap
from AST.results import RUN_RECORD, SCORES, WINDOWS, Row, beside, format_rows
from AST.run_id import tie_of
from tests.helpers import DICTIONARY, INDEX

STEMS: list[tuple[str, str, float, list[dict[str, float]]]] = [
    (
        *("bass", "1", 0),
        [{"Drum": 0.5, "Bass guitar": 0.125}, *[{"Bass guitar": 0.625, "Speech": 0.75}] * 3],
    ),
    ("drums", "1", 0, [{"Drum kit": 0.75}]),
    ("vocals", "2", 20, [{"Singing": 0.625}, {"Piano": 0.5}, {"Piano": 0.5}]),
    ("vocals", "2", 90, [{"Singing": 0.875}, {"Singing": 0.875}]),
]
"""Class, song, speech score in percent, and the scores of each window; others are 0."""


def window_run(pool: str = "mean", hop_s: float = 5.12, copies: int = 1) -> SavedRun:
    """The run of these stems, decided from all windows; several copies are of other songs."""
    stems = STEMS * copies
    scores = np.zeros((sum(len(one[3]) for one in stems), 527), np.float16)
    for number, names in enumerate(names for one in stems for names in one[3]):
        for name, score in names.items():
            scores[number, INDEX[name]] = score
    stem = np.repeat(np.arange(len(stems)), [len(one[3]) for one in stems])
    windows = WindowScores(stem, np.arange(len(stem)) * np.float64(hop_s), scores)
    speech = np.array([one[2] for one in stems], float)
    known = StemScores(np.zeros((len(stems), 527), np.float32), speech)
    pooled = by_first_windows(known, windows, pool, 99)
    songs = [f"{number // len(STEMS)}/{song}" for number, (_, song, *_) in enumerate(stems)]
    rows = [
        Row(label, f"D/{songs[number]}/{number} {label}.wav", "", "")
        for number, (label, *_) in enumerate(stems)
    ]
    record: dict[str, Any] = {
        "label_dictionary": DICTIONARY,
        "songs": {row.path: song for row, song in zip(rows, songs, strict=True)},
        "windows": {"windows": "all", "hop_s": hop_s, "pool": pool, "pad": "zero"},
    }
    rows = decide_again(rows, pooled, LabelMap(DICTIONARY))
    return SavedRun(Path("r.csv"), rows, pooled, record, windows=windows)


def written(run: SavedRun, file: Path, **arrays: Any) -> Path:
    """Writes a run's files as a run does.

    Args:
        arrays: In the place of those of the windows.
    """
    assert run.scores is not None
    assert run.windows is not None
    tie = tie_of(run.rows, b"this run")._asdict()
    file.write_text(format_rows([Row._fields, *run.rows]), newline="")
    paths = np.array([row.path for row in run.rows])
    scores: dict[str, Any] = {"paths": paths, **run.scores.arrays, **tie}
    np.savez_compressed(beside(file, SCORES), **scores)
    known: dict[str, Any] = {
        "paths": paths,
        "stem": run.windows.stem.astype(np.int32),
        "start_s": run.windows.start_s,
        "scores": run.windows.scores,
        **tie,
    }
    np.savez_compressed(beside(file, WINDOWS), **(known | arrays))
    beside(file, RUN_RECORD).write_text(json.dumps({**(run.record or {}), **tie}))
    return file
