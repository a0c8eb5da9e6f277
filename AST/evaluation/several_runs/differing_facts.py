"""What differs between runs, from their records: models, settings, dictionary, versions."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from AST.evaluation.files.saved_run import SavedRun
from AST.metrics import normalised
from AST.settings import STUDY, ZERO

NOT_RECORDED = "not recorded"
"""Of a run whose record lacks the fact."""
NO_RECORD = "no record"
"""Of a run without a record, or without a single label dictionary."""
NO_CLASS = "no class"
"""Of a name that a label dictionary does not hold."""
SHA256_SHOWN = 12
"""Hexadecimal digits, as in the report."""
PLAIN = (
    *("dataset", "silent_stems", "device", "precision", "speech_backend"),
    *("code_sha256", "relabelled_from"),
)
NESTED = ("dataset_options", "speech_rule", "windows", "settings", "versions")
UNSAID = {"windows": {"windows": STUDY, "pad": ZERO}}
"""What is true of runs of older versions, whose records do not say it."""


@dataclass(frozen=True)
class Fact:
    """Something that differs between runs, with its value in each of them."""

    name: str
    values: list[str]


def differing_facts(runs: Sequence[SavedRun]) -> list[Fact]:
    """The facts that are not the same in all runs. Runs without a record cannot differ in them."""
    known = [None if run.record is None else _facts(run.record) for run in runs]
    names = dict.fromkeys(name for facts in known for name in facts or ())
    facts = [
        Fact(name, [NO_RECORD if one is None else one.get(name, NOT_RECORDED) for one in known])
        for name in names
    ]
    return list(filter(_differs, facts))


def differing_names(runs: Sequence[SavedRun]) -> list[Fact]:
    """The AudioSet names that the runs' label dictionaries give another class, with the classes."""
    dictionaries = [
        None if run.label_dictionary is None else _class_of_name(run.label_dictionary)
        for run in runs
    ]
    names = sorted({name for one in dictionaries for name in one or ()})
    classes = [
        Fact(name, [NO_RECORD if one is None else one.get(name, NO_CLASS) for one in dictionaries])
        for name in names
    ]
    return list(filter(_differs, classes))


def _differs(fact: Fact) -> bool:
    return len(set(fact.values) - {NO_RECORD}) > 1


def _facts(record: Mapping[str, Any]) -> dict[str, str]:
    facts = {
        f"{kind} model": f"{Path(model['path']).name} (sha256 {model['sha256'][:SHA256_SHOWN]})"
        for kind, model in record.get("models", {}).items()
    }
    for name in PLAIN:
        if name in record:
            value = str(record[name])
            facts[_spoken(name)] = value[:SHA256_SHOWN] if name.endswith("sha256") else value
    for group in NESTED:
        if isinstance(found := record.get(group, UNSAID.get(group)), dict):
            facts |= {f"{_spoken(group)}: {_spoken(k)}": _text(v) for k, v in found.items()}
    if "label_dictionary" in record:  # files that were pooled may have several
        content = json.dumps(_class_of_name(record["label_dictionary"]), sort_keys=True).encode()
        facts["label dictionary (sha256)"] = hashlib.sha256(content).hexdigest()[:SHA256_SHOWN]
    return facts


def _class_of_name(dictionary: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {
        normalised(name): normalised(label) for label, names in dictionary.items() for name in names
    }


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _spoken(name: str) -> str:
    return name.replace("_", " ").replace("sha256", "(sha256)")
