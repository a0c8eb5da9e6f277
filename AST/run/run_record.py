"""What a results file depends on: the identity of a run, and its record."""

import hashlib
import importlib.metadata
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from AST.datasets.dataset import Dataset, Stem
from AST.labels import ERROR, SILENCE, SPEECH
from AST.metrics import accuracy
from AST.rules import LOWER_SPEECH_PRED_SCORE, THRESHOLD_SPEECH_PRED_SCORE
from AST.run.computation import Computation
from AST.run.journal import StemResult
from AST.version import __version__
from AST.weights import LocalModel
from AST.writing import printable

RECORDED_PACKAGES = ("torch", "torchaudio", "essentia-tensorflow", "numpy", "av", "samplerate")


def run_identity(
    dataset: Dataset,
    folder: Path,
    stems: Sequence[Stem],
    models: Mapping[str, LocalModel],
    computation: Computation,
) -> dict[str, Any]:
    """Everything that decides the results. A stopped run is resumed only if all of it is equal."""
    listed = "\n".join(f"{stem.label}\t{stem.path_text}" for stem in stems)
    return {
        "dataset": dataset.name,
        "dataset_path": printable(folder.resolve()),
        "list_of_stems_sha256": hashlib.sha256(listed.encode()).hexdigest(),
        "label_dictionary": {name: list(names) for name, names in dataset.names_of_class.items()},
        "models": {name: model.sha256 for name, model in models.items()},
        "device": computation.device_type,
        "precision": computation.precision,
        "speech_backend": computation.speech_backend,
    }


def run_record(
    identity: Mapping[str, Any],
    models: Mapping[str, LocalModel],
    settings: Mapping[str, Any],
    songs: Mapping[str, str],
    results: Sequence[StemResult],
    resumed: int,
    started: datetime,
) -> dict[str, Any]:
    """Everything that a reader of the results file may ask about the run that wrote it.

    Args:
        songs: The song of each stem, by its path.
        resumed: Number of stems that were done before a stop.
    """
    finished = datetime.now(timezone.utc)
    rows = [result.row for result in results]
    predictions = Counter(row.prediction for row in rows)
    return {
        **identity,
        "models": {name: model.record() for name, model in models.items()},
        "settings": {
            **settings,
            "speech_from_percent": THRESHOLD_SPEECH_PRED_SCORE,
            "speech_ignored_below_percent": LOWER_SPEECH_PRED_SCORE,
        },
        "versions": _versions(),
        "started": started.isoformat(timespec="seconds"),
        "finished": finished.isoformat(timespec="seconds"),
        "duration_s": round((finished - started).total_seconds(), 1),
        "counts": {
            "stems": len(rows),
            "resumed": resumed,
            "matches": accuracy(rows).matches,
            **{name: predictions[name] for name in (SPEECH, SILENCE, ERROR)},
        },
        "failures": _listed(results, "failure"),
        "warnings": _listed(results, "warning"),
        "songs": dict(songs),
    }


def _listed(results: Sequence[StemResult], field: str) -> list[dict[str, str]]:
    return [
        {"path": result.row.path, "reason": getattr(result, field)}
        for result in results
        if getattr(result, field)
    ]


def _versions() -> dict[str, str]:
    packages = {name: importlib.metadata.version(name) for name in RECORDED_PACKAGES}
    own = {"ast-stems": __version__, "python": platform.python_version()}
    return {**own, "platform": platform.platform(), **packages}
