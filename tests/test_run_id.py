"""Results file, scores and record: files of two runs are never taken for one."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pandas
import pytest

from AST.commands import accuracy, relabel
from AST.engines.stem_result import StemResult
from AST.errors import UsageError
from AST.evaluation.files.saved_run import read_run
from AST.results import RUN_RECORD, SCORES, Row, beside, format_rows, read_rows
from AST.run.journal import Journal
from AST.run_id import Tie, results_sha256, tie_in, write_tied
from tests.helpers import DICTIONARY, ROWS, stem_scores

TIED = (SCORES, RUN_RECORD)


def write_run(file: Path, first_score: float = 0.9, rows: list[Row] = ROWS) -> Tie:
    """The three files of a run over five stems."""
    known = stem_scores()
    known.scores[0, 1] = first_score
    results = [
        StemResult(row, None if np.isnan(scores[0]) else scores, speech, -20.0, 2.5)
        for row, scores, speech in zip(
            rows, known.scores, known.speech_score_percent.tolist(), strict=True
        )
    ]
    journal = Journal(file, {"dataset": "x"})
    journal.append(results)
    journal.complete({"label_dictionary": DICTIONARY, **journal.tie()._asdict()})
    journal.close()
    return journal.tie()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_run(tmp_path / "r.csv")
    return tmp_path / "r.csv"


def test_the_sha256_is_that_of_the_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = read_run(file, read_rows(file))
    assert run.record is not None
    assert run.scores is not None
    assert run.record["results_sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert run.scores.duration_s is not None
    assert run.scores.rms_dbfs is not None
    assert run.scores.duration_s.tolist() == [2.5] * 5
    assert run.scores.rms_dbfs.tolist() == [-20.0] * 5
    assert capsys.readouterr().err == ""


def test_arrays_get_the_tie_of_their_own_run(tmp_path: Path) -> None:
    scores, tie = np.random.default_rng(0).random((300, 7), np.float32), Tie("0123", "f" * 64)
    with open(tmp_path / "s.npz", "wb") as file:
        write_tied(file, {"scores": scores, "run_id": np.array("of another run")}, tie)
    with np.load(tmp_path / "s.npz", allow_pickle=False) as found:
        assert tie_in(found) == tie
        np.testing.assert_array_equal(found["scores"], scores)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_that_a_spreadsheet_saved_still_fits(
    file: Path, separator: str, encoding: str
) -> None:
    table = pandas.read_csv(file)
    table["note"] = "a column of the user's"
    table.to_csv(file, sep=separator, encoding=encoding, index=False, lineterminator="\n")
    assert read_run(file, read_rows(file)).scores is not None


def test_the_same_results_have_the_same_id_and_others_another(tmp_path: Path) -> None:
    first = write_run(tmp_path / "a.csv")
    assert write_run(tmp_path / "b.csv") == first
    other = write_run(tmp_path / "c.csv", first_score=0.8)
    assert other.results_sha256 == first.results_sha256
    assert other.run_id != first.run_id


@pytest.mark.parametrize("edited", [ROWS[::-1], ROWS[1:], [ROWS[1]._replace(label="x"), *ROWS[2:]]])
def test_an_edited_results_file_is_refused(file: Path, edited: list[Row]) -> None:
    file.write_text(format_rows([Row._fields, *edited]), newline="")
    message = (
        r"r\.csv: not as the run wrote it that r\.scores\.npz and r\.run\.json beside it came from "
        rf"\(sha256 {results_sha256(edited)[:12]}, expected {results_sha256(ROWS)[:12]}\): edited"
    )
    with pytest.raises(UsageError, match=message):
        read_run(file, read_rows(file))


@pytest.mark.parametrize("kind", TIED)
def test_a_side_file_of_another_run_over_the_same_stems_is_refused(file: Path, kind: str) -> None:
    other = file.with_name("other.csv")
    write_run(other, first_score=0.8)
    shutil.copy(beside(other, kind), beside(file, kind))
    with pytest.raises(UsageError, match=r"r\.csv: r\.scores\.npz and r\.run\.json .* of two runs"):
        read_run(file, ROWS)


@pytest.mark.parametrize("kind", TIED)
def test_one_side_file_alone_is_enough_to_see_it(file: Path, kind: str) -> None:
    other = file.with_name("other.csv")
    write_run(other, rows=[*ROWS[:4], ROWS[4]._replace(proposed_label="error")])
    for other_kind in TIED:
        beside(file, other_kind).unlink()
    shutil.copy(beside(other, kind), beside(file, kind))
    name = beside(file, kind).name
    with pytest.raises(UsageError, match=f"not as the run wrote it that {name} beside it came"):
        read_run(file, ROWS)


def test_files_of_an_older_version_are_read_with_a_note(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = beside(file, SCORES)
    with np.load(scores) as arrays:
        older = {name: arrays[name] for name in ("paths", "scores", "speech_score_percent")}
    np.savez_compressed(scores, **older)
    with pytest.raises(UsageError, match=r"of two runs \(run ids none and [0-9a-f]{16}\)"):
        read_run(file, ROWS)
    beside(file, RUN_RECORD).write_text(json.dumps({"label_dictionary": DICTIONARY}))
    run = read_run(file, ROWS)
    assert run.scores is not None
    assert run.scores.duration_s is None
    assert capsys.readouterr().err == (
        f"note: {file}: no run id in r.scores.npz and r.run.json beside it, as in older versions: "
        "nothing says whether all are of one run\n"
    )


def test_commands_refuse_an_edited_file_in_one_line(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(file.read_text().replace("synthesizer,other", "synthesizer,drums"), newline="")
    report = file.with_name("report.html")
    assert accuracy.main([str(file), "--report", str(report)]) == 2
    printed = capsys.readouterr()
    assert printed.out.startswith("Accuracy: 40.00% (2/5 matches)")  # the file itself is fine
    assert printed.err.startswith(f"error: {file}: not as the run wrote it")
    assert printed.err.count("\n") == 1
    assert relabel.main([str(file), "--dataset", "dsd100"]) == 2
    assert printed.err == capsys.readouterr().err
    assert not report.exists()
    assert not file.with_name("r.relabelled.csv").exists()


def test_relabelled_files_belong_together_and_name_the_run(file: Path) -> None:
    relabelled = file.with_name("r.relabelled.csv")
    assert relabel.main([str(file), "--dataset", "dsd100"]) == 0
    before, after = read_run(file, read_rows(file)), read_run(relabelled, read_rows(relabelled))
    assert before.record is not None
    assert after.record is not None
    assert after.record["relabelled_from_run_id"] == before.record["run_id"]
    assert after.record["run_id"] != before.record["run_id"]
    assert tie_in(after.record) == tie_in(np.load(beside(relabelled, SCORES)))
    assert before.scores is not None
    assert after.scores is not None
    np.testing.assert_array_equal(after.scores.scores, before.scores.scores)
    for kind in TIED:
        shutil.copy(beside(file, kind), beside(relabelled, kind))
    with pytest.raises(UsageError, match=r"r\.relabelled\.csv: not as the run wrote it"):
        read_run(relabelled, read_rows(relabelled))
