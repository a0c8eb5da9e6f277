"""The study's own results, stem by stem, as a run that others are compared with."""

from dataclasses import replace
from pathlib import Path

from AST.errors import UsageError
from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.several_runs.matching import may_have_common_stems
from AST.evaluation.several_runs.pooling import pooled
from AST.published_runs import FILES
from AST.results import PUBLISHED_RUNS, read_rows


def published_run(run: SavedRun) -> SavedRun:
    """The published results of the datasets that a run has stems of.

    Raises:
        UsageError: It has none of DSD100 and MoisesDB.
    """
    known = {name: SavedRun(file, read_rows(file)) for name, file in FILES.items()}
    found = [one for one in known.values() if may_have_common_stems(run, one)]
    if not found:
        sizes = " and ".join(f"{name} ({len(one.rows)} stems)" for name, one in known.items())
        raise UsageError(
            f"{run.file}: no stem in common with the published runs of {sizes}: found "
            f"{run.rows[0].path}; expected a run over one of them, with the dataset's own names of "
            f"songs and files (a file called {PUBLISHED_RUNS} is ./{PUBLISHED_RUNS})"
        )
    return replace(pooled(found), file=Path(PUBLISHED_RUNS))
