"""Checks that the repository's figures, results, pictures and small models fit each other."""

import hashlib
import json
from pathlib import Path

from AST.errors import UsageError
from AST.metrics import accuracy
from AST.results import RUN_RECORD, beside, read_rows
from AST.run_id import results_sha256
from AST.weights.model_files import MODEL_FILES

RESULTS = ("results_dsd100.csv", "results_moises.csv")
FRESH = Path("build", "demo")
"""Where ``make demo`` writes, below the repository's root."""
MODELS = [Path("AST", *model.embedded.parts[-2:]) for model in MODEL_FILES]
"""The small models, below the root too."""
MODEL_CARD = Path("AST", "pretrained_models", "README.md")
MADE_OF = Path("doc", "made_of.json")
SHOWN_DIGITS = 12


def check_figures(root: Path) -> None:
    """Checks that the texts have the figures of the results, and the hashes of the models.

    Raises:
        UsageError: A text has others.
    """
    readme = (root / "README.md").read_text("utf-8").splitlines()
    for name in RESULTS:
        figure = accuracy(read_rows(root / name))
        cells = f"| {figure.percent:.2f} % | {figure.matches} of {figure.total} |"
        if not any(f"({name})" in line and cells in line for line in readme):
            raise UsageError(f"README.md: no row of {name} says {cells!r}; bring it up to date")
    card = (root / MODEL_CARD).read_text("utf-8")
    for model in MODELS:
        if (sha256 := _sha256(root / model)[:SHOWN_DIGITS]) not in card:
            raise UsageError(
                f"{MODEL_CARD}: does not say {sha256}, the sha256 of {model}; bring it up to date"
            )


def check_results(root: Path) -> None:
    """Checks that the results in the repository are what its models give in a fresh demo.

    Raises:
        UsageError: They are of other models.
    """
    for name in RESULTS:
        record = json.loads(beside(root / FRESH / name, RUN_RECORD).read_bytes())
        used = {model["sha256"] for model in record["models"].values()}
        if used != {_sha256(root / model) for model in MODELS}:
            raise UsageError(f"{FRESH / name}: of other models than those here; run make demo")
        if record["results_sha256"] != results_sha256(read_rows(root / name)):
            raise UsageError(
                f"{name}: not what the models here give; copy it from {FRESH}, see CONTRIBUTING.md"
            )


def made_of(root: Path) -> dict[str, str]:
    """The sha256 of each file that the pictures are made of."""
    return {str(path): _sha256(root / path) for path in (*MODELS, *map(Path, RESULTS))}


def write_made_of(root: Path) -> None:
    """Notes what the pictures, which have just been made, are made of."""
    (root / MADE_OF).write_text(json.dumps(made_of(root), indent=2) + "\n")


def check_pictures(root: Path) -> None:
    """Checks that the pictures are of today's models and results.

    Raises:
        UsageError: They are of others.
    """
    noted = json.loads((root / MADE_OF).read_bytes())
    if changed := [name for name, sha256 in made_of(root).items() if noted.get(name) != sha256]:
        raise UsageError(
            f"doc: the pictures are of another {', '.join(changed)}; make them again: make doc"
        )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
