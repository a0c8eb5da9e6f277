"""What a run's record says about the run, for the head of a page."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from AST.evaluation.findings import Findings
from AST.truth import not_counted

NAMES = {"ast": "AST"}
"""How to write a model that a record names in lower case."""

ERRATA = "errata"


def facts(findings: Findings, record: Mapping[str, Any]) -> dict[str, str]:
    """Names and values of the facts that are known."""
    how = [str(record[name]) for name in ("device", "precision") if name in record]
    options = record.get("dataset_options", {})
    known = {
        "dataset": record.get("dataset"),
        "results": findings.file,
        "stems": findings.total,
        "not counted": not_counted(findings.silent, findings.unlabelled),
        "songs": findings.songs,
        "chosen": ", ".join(f"{name} {value}" for name, value in options.items()),
        "computed with": ", ".join(how),
        "finished": str(record.get("finished", "")).replace("T", " ").replace("+00:00", " UTC"),
        "relabelled from": record.get("relabelled_from"),
    }
    return {name: str(value) for name, value in known.items() if value}


def models(record: Mapping[str, Any]) -> list[tuple[str, str, str, bool]]:
    """The name of each model, its file, its hash, and whether it is the published one."""
    return [
        (
            NAMES.get(name, name),
            PurePath(model["path"]).name,
            model["sha256"][:12],
            model["is_published"],
        )
        for name, model in record.get("models", {}).items()
    ]


def remarks(record: Mapping[str, Any], kind: str) -> list[tuple[str, int, list[str]]]:
    """Reasons of the run's ``failures``, ``warnings`` or ``errata``, the most frequent first.

    Each comes with the number of its files and their paths.
    """
    entries = record.get(kind, [])
    if kind == ERRATA and isinstance(entries, dict):
        entries = [{"path": path, "reason": note} for path, note in entries.items()]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return []
    paths_of_reason: dict[str, list[str]] = {}
    for entry in entries:
        paths_of_reason.setdefault(str(entry.get("reason")), []).append(str(entry.get("path")))
    grouped = [(reason, len(paths), paths) for reason, paths in paths_of_reason.items()]
    return sorted(grouped, key=lambda one: -one[1])


def details(record: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The run's versions, settings and rule, each as names and values."""
    kinds = {name: record.get(name) for name in ("settings", "windows", "speech_rule", "versions")}
    return {
        kind.replace("_", " "): {
            str(name).replace("_", " "): _text(value) for name, value in values.items()
        }
        for kind, values in kinds.items()
        if isinstance(values, dict) and values
    }


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
