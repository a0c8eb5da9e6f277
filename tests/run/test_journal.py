import hashlib
import json
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from AST.engines.stem_result import StemResult
from AST.errors import UsageError
from AST.results import SCORE_FIGURES, Row, format_rows, read_rows
from AST.run import journal as journal_module
from AST.run.journal import Journal
from AST.run_id import Tie
from AST.writing import force_to_disk

IDENTITY = {"dataset": "DSD100", "device": "cpu"}
GENERATOR = np.random.default_rng(0)
RESULTS = [
    StemResult(
        Row("bass", "a, b/bass\r\n1.wav", "bass guitar", "bass"),
        GENERATOR.random(527, np.float32),
        12.345678901234567,
        -20.5,
        3.5,
    ),
    StemResult(Row("drums", "drums.wav", "error", "error"), failure="is an empty file"),
    StemResult(Row("vocals", "ünï.wav", "silence", "silence"), None, 0.0, -200.0, 2.0),
    StemResult(
        Row("bass", "c.wav", "speech", "speech"),
        GENERATOR.random(527, np.float32),
        99.0,
        -10.0,
        0.25,
        warning="cut short",
    ),
]


def write_all(output: Path) -> None:
    journal = Journal(output, IDENTITY)
    journal.append(RESULTS[:1])
    journal.append(RESULTS[1:])
    journal.complete({"note": "é"})


def test_rows_can_be_watched_while_the_run_goes_on(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "r.csv", IDENTITY)
    journal.append(RESULTS[:2])
    assert read_rows(tmp_path / "r.csv.partial") == [result.row for result in RESULTS[:2]]
    assert not (tmp_path / "r.csv").exists()
    journal.close()


def test_a_complete_run_leaves_four_files(tmp_path: Path) -> None:
    write_all(tmp_path / "r.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "r.csv",
        "r.run.json",
        "r.scores.npz",
        "r.stems.csv",
    ]
    assert read_rows(tmp_path / "r.csv") == [result.row for result in RESULTS]
    assert json.loads((tmp_path / "r.run.json").read_text("utf-8")) == {"note": "é"}
    with np.load(tmp_path / "r.scores.npz") as arrays:
        assert set(arrays) == {"paths", "scores", *SCORE_FIGURES, *Tie._fields}
        assert arrays["paths"].tolist() == [result.row.path for result in RESULTS]
        assert arrays["scores"].dtype == np.float32
        np.testing.assert_array_equal(arrays["scores"][[0, 3]], [r.scores for r in RESULTS[::3]])
        assert np.isnan(arrays["scores"][1:3]).all()
        np.testing.assert_array_equal(
            arrays["speech_score_percent"], [12.345678901234567, np.nan, 0.0, 99.0]
        )
        np.testing.assert_array_equal(arrays["rms_dbfs"], [-20.5, np.nan, -200.0, -10.0])
        np.testing.assert_array_equal(arrays["duration_s"], [3.5, np.nan, 2.0, 0.25])
        written = hashlib.sha256((tmp_path / "r.csv").read_bytes()).hexdigest()
        assert arrays["results_sha256"] == written


def assert_resumes_to(output: Path, done: int, expected: dict[str, bytes]) -> None:
    journal = Journal(output, IDENTITY)
    assert journal.results.rows == [r.row for r in RESULTS[:done]]
    journal.append(RESULTS[done:])
    journal.complete({"note": "é"})
    assert {path.name: path.read_bytes() for path in output.parent.iterdir()} == expected


def test_a_run_cut_off_at_any_byte_is_resumed(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    write_all(tmp_path / "whole" / "r.csv")
    expected = {path.name: path.read_bytes() for path in (tmp_path / "whole").iterdir()}

    journal = Journal(tmp_path / "r.csv", IDENTITY)
    journal.append(RESULTS)
    journal.close()
    log = (tmp_path / "r.csv.partial.jsonl").read_bytes()
    partial_header = format_rows([Row._fields])
    ends = [place + 1 for place, byte in enumerate(log) if byte == ord("\n")]
    cuts = {0, 1, *range(3, len(log), 97), *ends, *(end - 1 for end in ends)}
    for cut in sorted(cuts):
        folder = tmp_path / f"cut-{cut}"
        folder.mkdir()
        (folder / "r.csv.partial.jsonl").write_bytes(log[:cut])
        done = max(0, sum(end <= cut for end in ends) - 1)
        seen = partial_header + format_rows(result.row for result in RESULTS[:done])
        (folder / "r.csv.partial").write_text(seen[: len(seen) - cut % 3], newline="")
        assert_resumes_to(folder / "r.csv", done, expected)


@pytest.mark.parametrize("tail", [b"\0" * 700, b'{"row": [1', b"\0\xff\xfe\n"])
def test_what_a_power_cut_leaves_behind_is_dropped(tmp_path: Path, tail: bytes) -> None:
    journal = Journal(tmp_path / "r.csv", IDENTITY)
    journal.append(RESULTS[:2])
    journal.close()
    for name in ("r.csv.partial", "r.csv.partial.jsonl"):
        with open(tmp_path / name, "ab") as file:
            file.write(tail)
    journal = Journal(tmp_path / "r.csv", IDENTITY)
    assert len(journal.results) == 2
    journal.append(RESULTS[2:])
    journal.complete({})
    assert read_rows(tmp_path / "r.csv") == [result.row for result in RESULTS]


def test_another_identity_is_refused_and_nothing_lost(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "r.csv", IDENTITY)
    journal.append(RESULTS[:2])
    journal.close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(UsageError, match=r"started with another device; .* give --restart"):
        Journal(tmp_path / "r.csv", {**IDENTITY, "device": "cuda"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_run_without_rows_is_no_obstacle_and_leaves_nothing(tmp_path: Path) -> None:
    Journal(tmp_path / "r.csv", IDENTITY).close()
    assert not list(tmp_path.iterdir())
    journal = Journal(tmp_path / "r.csv", IDENTITY)
    journal.append([])
    journal.close()
    assert (tmp_path / "r.csv.partial").read_bytes() == b"label,path,prediction,proposed_label\r\n"
    journal = Journal(tmp_path / "r.csv", {"dataset": "another"})
    journal.append(RESULTS[:1])
    journal.close()
    with pytest.raises(UsageError, match="started with another dataset, device"):
        Journal(tmp_path / "r.csv", IDENTITY)


@pytest.mark.parametrize("restart", [False, True])
def test_until_its_first_row_a_run_changes_nothing(tmp_path: Path, restart: bool) -> None:
    journal = Journal(tmp_path / "r.csv", IDENTITY)
    journal.append(RESULTS[:2])
    journal.close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    Journal(tmp_path / "r.csv", IDENTITY, restart).close()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("line", ['{"row": [1]}', '{"scores": 5, "row": []}', "{}"])
def test_a_journal_of_something_else_takes_one_line(tmp_path: Path, line: str) -> None:
    journal = Journal(tmp_path / "r.csv", IDENTITY)
    journal.append(RESULTS[:2])
    journal.close()
    with open(tmp_path / "r.csv.partial.jsonl", "a") as file:
        file.write(line + "\n")
    with pytest.raises(UsageError, match="damaged or missing"):
        Journal(tmp_path / "r.csv", IDENTITY)


@pytest.mark.parametrize("damage", ["first line", "middle", "missing", "short scores"])
def test_a_damaged_journal_is_refused_and_its_rows_kept(tmp_path: Path, damage: str) -> None:
    journal = Journal(tmp_path / "r.csv", IDENTITY)
    journal.append(RESULTS)
    journal.close()
    log = tmp_path / "r.csv.partial.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    if damage == "short scores":
        fields = json.loads(lines[1])
        lines[1] = json.dumps({**fields, "scores": "AAAA"}).encode() + b"\n"
    elif damage == "missing":
        lines.clear()
    else:
        place = 0 if damage == "first line" else 2
        lines[place] = b"#" + lines[place][1:]
    log.write_bytes(b"".join(lines))
    with pytest.raises(UsageError, match=r"damaged or missing.*give --restart"):
        Journal(tmp_path / "r.csv", IDENTITY)
    assert len(read_rows(tmp_path / "r.csv.partial")) == len(RESULTS)
    assert log.read_bytes() == b"".join(lines)


def test_rows_of_other_paths_are_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "r.csv", IDENTITY)
    journal.append(RESULTS[:2])
    paths = [result.row.path for result in RESULTS]
    journal.take_paths(paths, paths)
    for other in (paths[::-1], paths[:1], ["a, b/bass\r\n1.wav", "s.wav"]):
        with pytest.raises(UsageError, match="damaged"):
            journal.take_paths(other, other)


def test_an_interrupt_while_rows_are_written_loses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted_append(file: BinaryIO, content: bytes) -> None:
        force_to_disk(file, content)
        raise KeyboardInterrupt

    journal = Journal(tmp_path / "r.csv", IDENTITY)
    journal.append(RESULTS[:1])
    monkeypatch.setattr(journal_module, "force_to_disk", interrupted_append)
    with pytest.raises(KeyboardInterrupt):
        journal.append(RESULTS[1:2])
    journal.close()
    monkeypatch.undo()
    resumed = Journal(tmp_path / "r.csv", IDENTITY)
    assert resumed.results.rows == [result.row for result in RESULTS[:2]]
    assert read_rows(tmp_path / "r.csv.partial") == [result.row for result in RESULTS[:2]]


def test_restart_discards_the_rows_of_a_stopped_run(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "r.csv", IDENTITY)
    journal.append(RESULTS[:2])
    journal.close()
    journal = Journal(tmp_path / "r.csv", {"dataset": "another"}, restart=True)
    assert not journal.results
    journal.append(RESULTS[3:])
    journal.complete({})
    assert read_rows(tmp_path / "r.csv") == [RESULTS[3].row]


def test_an_earlier_output_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    write_all(tmp_path / "r.csv")
    before = (tmp_path / "r.csv").read_bytes()
    journal = Journal(tmp_path / "r.csv", {"dataset": "another"})
    journal.append(RESULTS[:1])
    assert (tmp_path / "r.csv").read_bytes() == before
    journal.complete({})
    assert len(read_rows(tmp_path / "r.csv")) == 1


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be written \(No such file or directory\)"):
        Journal(tmp_path / "nowhere" / "r.csv", IDENTITY)
