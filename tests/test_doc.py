"""Figures, results, pictures and small models of the repository fit each other."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from AST.errors import UsageError
from AST.results import read_rows
from AST.run_id import results_sha256
from doc import fitting
from doc.fitting import check_figures, check_pictures, check_results, write_made_of
from tests.helpers import ROOT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the repository, as far as it is checked, after ``make demo``."""
    files = [Path("README.md"), fitting.MODEL_CARD, *fitting.MODELS, fitting.MADE_OF]
    for file in [*files, *map(Path, fitting.RESULTS)]:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    (tmp_path / fitting.FRESH).mkdir(parents=True)
    hashes = [fitting.made_of(tmp_path)[str(model)] for model in fitting.MODELS]
    for name in fitting.RESULTS:
        record = {
            "models": {sha256: {"sha256": sha256} for sha256 in hashes},
            "results_sha256": results_sha256(read_rows(tmp_path / name)),
        }
        path = (tmp_path / fitting.FRESH / name).with_suffix(".run.json")
        path.write_text(json.dumps(record))
    return tmp_path


def test_the_repository_fits(root: Path) -> None:
    check_figures(root)
    check_results(root)
    check_pictures(root)


@pytest.mark.parametrize("model", fitting.MODELS, ids=str)
def test_other_models_are_seen_everywhere(root: Path, model: Path) -> None:
    (root / model).write_bytes(b"other weights")
    with pytest.raises(UsageError, match=rf"README\.md: does not say [0-9a-f]{{12}}, .*{model}"):
        check_figures(root)
    with pytest.raises(UsageError, match=r"results_dsd100\.csv: of other models than those here"):
        check_results(root)
    with pytest.raises(UsageError, match=f"the pictures are of another {model}; make them again"):
        check_pictures(root)
    write_made_of(root)
    check_pictures(root)


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (check_figures, r"README\.md: no row of results_moises\.csv says '\| 93\.55 % \| 29 of 31"),
        (check_results, r"results_moises\.csv: not what the models here give; copy it from build"),
        (check_pictures, r"the pictures are of another results_moises\.csv; make them again"),
    ],
)
def test_other_results_are_seen_everywhere(
    root: Path, check: Callable[[Path], None], message: str
) -> None:
    results = root / "results_moises.csv"
    results.write_text(results.read_text().replace("singing,vocals", "singing,other", 1))
    with pytest.raises(UsageError, match=message):
        check(root)
