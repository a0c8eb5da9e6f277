"""A whole folder of damaged files: the run ends, and each file has its row.

``make fuzz`` runs this with more files and another seed.
"""

import os
import re
from pathlib import Path

from AST.results import read_rows
from synthetic.damage import write_damaged
from tests.helpers import ModelFlags, RunScript

COUNT = int(os.environ.get("FUZZ_COUNT", "1000"))
SEED = int(os.environ.get("FUZZ_SEED", "14"))
OUR_LINES = re.compile(r" *((error|warning|ast model|speech model|your folder): .*|[ \d]+%\|.*|)")
"""Messages, the progress bar, and empty lines."""


def test_a_folder_of_damaged_files(run: RunScript, models: ModelFlags, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "bass"
    folder.mkdir(parents=True)
    paths = write_damaged(folder, COUNT, SEED)
    flags = ["--output", tmp_path / "r.csv", "--batch-size", 8]
    result = run("analyze.py", "folder", folder, *models, *flags)
    rows = read_rows(tmp_path / "r.csv")
    assert [row.path for row in rows] == sorted(str(path) for path in paths)
    failed = [row for row in rows if row.prediction == "error"]
    assert result.returncode == (1 if failed else 0)
    assert 0.1 < len(failed) / len(rows) < 0.9
    assert "Accuracy: " in result.stdout
    foreign = [line for line in result.stderr.splitlines() if not OUR_LINES.fullmatch(line)]
    assert not foreign, f"seed {SEED}: {foreign[:5]}"
    assert "fails unexpectedly" not in result.stderr
    assert "ends the process" not in result.stderr
