"""What a results file depends on: the identity of a run, and its record."""

import hashlib
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from AST.datasets.dataset import Dataset
from AST.datasets.stem import Stem
from AST.engines.computation import Computation
from AST.labels import ERROR, SILENCE, SPEECH
from AST.metrics import is_match, normalised
from AST.results import Row
from AST.rules import STUDY_RULE
from AST.run.run_results import RunResults
from AST.truth import APART, COUNTED, SILENT_STEMS, truth_of
from AST.versions import DECISIVE_PACKAGES, code_sha256, versions
from AST.weights.local_model import LocalModel
from AST.writing import printable

IDENTITY = (
    *("dataset", "dataset_path", "dataset_options", "list_of_stems_sha256", "label_dictionary"),
    *("speech_rule", "models", "device", "precision", "speech_backend", "windows", "versions"),
    *("code_sha256", "shard"),
)
"""What ``run_identity`` gives; ``shard`` only for a share of a run."""
RECORDED_PACKAGES = (*DECISIVE_PACKAGES, "torchaudio", "numpy")


def paths_below(folder: Path, stems: Sequence[Stem]) -> list[str]:
    """The stems' paths from the dataset's folder on, however the user spelled that folder.

    Args:
        folder: Or the file that lists the stems; their paths start at its folder.
    """
    start = folder if folder.is_dir() else folder.parent
    return [
        printable(path.relative_to(start) if path.is_relative_to(start) else path)
        for path in (stem.path for stem in stems)
    ]


def run_identity(
    dataset: Dataset,
    folder: Path,
    stems: Sequence[Stem],
    models: Mapping[str, LocalModel],
    computation: Computation,
) -> dict[str, Any]:
    """Everything that decides the results. A stopped run is resumed only if all of it is equal."""
    below = paths_below(folder, stems)
    listed = "\n".join(f"{stem.label}\t{path}" for stem, path in zip(stems, below, strict=True))
    return {
        "dataset": dataset.name,
        "dataset_path": printable(folder.resolve()),
        "dataset_options": dict(dataset.options),
        "list_of_stems_sha256": hashlib.sha256(listed.encode()).hexdigest(),
        "label_dictionary": {name: list(names) for name, names in dataset.names_of_class.items()},
        "speech_rule": STUDY_RULE._asdict(),
        "models": {name: model.sha256 for name, model in models.items()},
        "device": computation.device_type,
        "precision": computation.precision,
        "speech_backend": computation.speech_backend,
        "windows": computation.windows.record(models["ast"].checkpoint.config.input.duration_s),
        "versions": versions(DECISIVE_PACKAGES),
        "code_sha256": code_sha256(),
    }


def identity_in(record: Mapping[str, Any]) -> dict[str, Any]:
    """The identity of the run that wrote a record.

    Raises:
        KeyError: The record is of an older version.
    """
    decisive = {name: record["versions"][name] for name in ("ast-stems", *DECISIVE_PACKAGES)}
    models = {name: model["sha256"] for name, model in record["models"].items()}
    known = {key: record[key] for key in IDENTITY if key in record}
    return {**known, "models": models, "versions": decisive}


def facts_of_stems(dataset: Dataset, stems: Sequence[Stem]) -> dict[str, Any]:
    """What the dataset says about its stems, and how they count, for the record."""
    instruments = {stem.path_text: stem.instrument for stem in stems if stem.instrument}
    known = dataset.instruments
    return {
        SILENT_STEMS: COUNTED if dataset.silence_is_a_miss else APART,
        "songs": {stem.path_text: stem.song for stem in stems},
        "instruments": instruments,
        "instrument_names": {
            name: known[normalised(name)].as_record()
            for name in sorted(set(instruments.values()))
            if normalised(name) in known
        },
        "errata": {stem.path_text: stem.erratum for stem in stems if stem.erratum},
        "bleed": [stem.path_text for stem in stems if stem.has_bleed],
    }


def run_record(
    identity: Mapping[str, Any],
    models: Mapping[str, LocalModel],
    settings: Mapping[str, Any],
    stem_facts: Mapping[str, Any],
    results: RunResults,
    resumed: int,
    started: datetime,
) -> dict[str, Any]:
    """Everything that a reader of the results file may ask about the run that wrote it.

    Args:
        stem_facts: See ``facts_of_stems``.
        resumed: Number of stems that were done before a stop.
    """
    finished = datetime.now(timezone.utc)
    return {
        **identity,
        "models": {name: model.record() for name, model in models.items()},
        "settings": dict(settings),
        "versions": {
            **versions(RECORDED_PACKAGES),
            "python": platform.python_version(),
            "platform": platform.platform(),
        },
        **times(started, finished),
        "counts": counts(results.rows, stem_facts, resumed),
        "failures": _listed(results, "failure"),
        "warnings": _listed(results, "warning"),
        **stem_facts,
    }


def times(started: datetime, finished: datetime) -> dict[str, Any]:
    """When a run started and finished, for the record."""
    return {
        "started": started.isoformat(timespec="seconds"),
        "finished": finished.isoformat(timespec="seconds"),
        "duration_s": round((finished - started).total_seconds(), 1),
    }


def counts(rows: Sequence[Row], record: Mapping[str, Any], resumed: int) -> dict[str, int]:
    """How many stems there are, and how many of some kinds, for the record.

    Args:
        record: Says whether silent stems count; see ``truth_of``.
    """
    predictions = Counter(row.prediction for row in rows)
    return {
        "stems": len(rows),
        "resumed": resumed,
        "matches": sum(map(is_match, truth_of(rows, record).rows)),
        **{name: predictions[name] for name in (SPEECH, SILENCE, ERROR)},
    }


def _listed(results: RunResults, kind: str) -> list[dict[str, str]]:
    return [{"path": path, "reason": reason} for path, reason in results.reasons(kind).items()]
