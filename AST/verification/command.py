"""Runs all checks, prints a line for each, and records them for a bug report."""

import json
import platform
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import torch

from AST.command_line import EXIT_OK, EXIT_SOME_FILES_FAILED
from AST.errors import StemError, UsageError
from AST.process.devices import select_device
from AST.recognition.recogniser import Recogniser
from AST.results import OUTPUT_FLAG, check_output
from AST.settings import CUDA, Settings
from AST.verification.chain import speech_check, stem_checks
from AST.verification.checks import Check
from AST.verification.network import feature_check, file_checks, hash_note, logit_checks
from AST.verification.public import DEFAULT, PublicFigures
from AST.verification.speed import speed_notes
from AST.version import __version__
from AST.weights.fetching import hub_file
from AST.weights.finding import obtain
from AST.weights.local_model import LocalModel
from AST.weights.model_files import AST_FILE, PUBLISHED, SPEECH_FILE
from AST.writing import visible, writing


def verify(
    output: Path,
    all_checkpoints: bool = False,
    dsd100subset: Path | None = None,
    figures: PublicFigures = PublicFigures(),  # noqa: B008 (frozen)
) -> int:
    """Runs all checks and writes them to a JSON file. Returns the exit code.

    Args:
        all_checkpoints: Whether to fetch and check the AST authors' other checkpoints, too.
        dsd100subset: Folder with DSD100 or its public sample; None leaves the stems out.

    Raises:
        UsageError: The JSON file cannot be written.
    """
    check_output(output)
    names = list(figures.checkpoints) if all_checkpoints else [DEFAULT]
    checks = []
    for check in _checks(names, dsd100subset, figures):
        print(visible(check.line), flush=True)
        checks.append(check)
    with writing(output, OUTPUT_FLAG):
        output.write_text(_report(checks), "utf-8")
    passed, failed = (sum(one.passed is state for one in checks) for state in (True, False))
    print(f"{passed} checks passed, {failed} failed; recorded in {output}")
    return EXIT_SOME_FILES_FAILED if failed else EXIT_OK


def _checks(
    names: Sequence[str], dsd100subset: Path | None, figures: PublicFigures
) -> Iterator[Check]:
    yield feature_check()
    files: dict[str, LocalModel] = {}
    for kind, model_file in {"ast": AST_FILE, "speech": SPEECH_FILE}.items():
        name, expected = f"sha256 of the {model_file.role}", model_file.sha256
        try:
            model = files[kind] = obtain(PUBLISHED, model_file)
            same = model.is_published and model.sha256 != expected
            came = (
                f"{model.sha256}, the study's copy with the same weights" if same else model.sha256
            )
            yield Check(name, came, expected, passed=model.is_published)
        except UsageError as error:
            yield Check(name, str(error), expected, passed=False)
    for name in names:
        yield from _or_why_not(f"checkpoint {name}", _checkpoint(name, files, figures))
    if "speech" in files:
        yield speech_check(files["speech"].path)
    if dsd100subset:
        yield from _or_why_not("stems of DSD100", _stems(dsd100subset, figures))
    if len(files) == 2:
        yield from _or_why_not("speed", speed_notes(files, Settings()))


def _or_why_not(name: str, checks: Iterable[Check]) -> Iterator[Check]:
    """The checks; if they cannot go on, one more that failed, with the reason."""
    try:
        yield from checks
    except (UsageError, StemError) as error:
        yield Check(name, str(error), "the check runs", passed=False)


def _checkpoint(name: str, files: dict[str, LocalModel], figures: PublicFigures) -> Iterator[Check]:
    expected = figures.checkpoints[name]
    if name == DEFAULT:
        if "ast" not in files:
            return  # a check of its file has failed
        model = files["ast"]
    else:
        model = obtain(name, AST_FILE)
        yield hash_note(name, model)
    yield from file_checks(name, model, expected)
    sample = hub_file(figures.sample)
    if sample is None:
        raise UsageError(f"the hub has no {figures.sample.name} in {figures.sample.repository}")
    device = select_device(Settings().device)
    yield from logit_checks(name, model, sample, expected.first_logits, device)


def _stems(folder: Path, figures: PublicFigures) -> Iterator[Check]:
    yield from stem_checks(folder, Recogniser(PUBLISHED), figures)


def _report(checks: Sequence[Check]) -> str:
    gpus = range(torch.cuda.device_count())
    report: dict[str, Any] = {
        "suite": __version__,
        "made": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "platform": platform.platform(),
        "devices": [torch.cuda.get_device_name(f"{CUDA}:{number}") for number in gpus],
        "checks": [check.as_json() for check in checks],
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"
