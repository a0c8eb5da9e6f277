"""Relabelling: the rules, label dictionaries in files, and the script."""

import json
from pathlib import Path

import numpy as np
import pytest

from AST.commands.relabel import main
from AST.datasets.moisesdb import DATASET as MOISESDB
from AST.dictionary import doubtful_names, read_dictionary
from AST.errors import UsageError
from AST.evaluation.dictionaries.relabelling import relabelled, uncovered
from AST.evaluation.files.score_file import StemScores, read_ties
from AST.labels import LabelMap
from AST.results import Row, format_rows, read_rows
from AST.run_id import Tie, tie_in
from tests.helpers import ROOT, ROWS, RunScript, stem_scores, write_scores

DICTIONARY = {"bass": ["bass guitar", "Synthesizer"], "vocals": ["rapping", "speech"]}


def test_without_scores_predictions_and_speech_stay() -> None:
    rows = relabelled(ROWS, None, LabelMap(DICTIONARY))
    assert [row.prediction for row in rows] == [row.prediction for row in ROWS]
    # "speech" from the speech model stays. AST's own "Speech" is a name like any other.
    proposed = ["bass", "bass", "speech", "vocals", "silence"]
    assert [row.proposed_label for row in rows] == proposed


def test_with_scores_predictions_are_decided_again() -> None:
    scores = stem_scores()
    # Both vocals: the first is not speech now; in the second, AST's "Speech" is ignored.
    scores.speech_score_percent[2:4] = 20, 2
    rows = relabelled(ROWS, scores, LabelMap(DICTIONARY))
    assert [(row.prediction, row.proposed_label) for row in rows] == [
        ("bass guitar", "bass"),
        ("synthesizer", "bass"),
        ("rapping", "vocals"),
        ("piano", "other"),
        ("silence", "silence"),
    ]


def test_the_dictionary_of_a_run_gives_the_same_labels() -> None:
    committed = read_rows(ROOT / "results_moises.csv")
    emptied = [row._replace(proposed_label="other") for row in committed]
    assert relabelled(emptied, None, LabelMap(MOISESDB.names_of_class)) == committed


def test_predictions_that_a_dictionary_does_not_hold() -> None:
    assert uncovered([*ROWS, ROWS[1]], {"vocals": ["SPEECH"]}) == [
        ("synthesizer", 2), ("bass guitar", 1),
    ]  # fmt: skip
    assert uncovered([Row("x", "a", "Flo\u0308te ", "x")], {"x": ["fl\u00f6te"]}) == []
    assert doubtful_names({"bass": ["Bass guitar "], "drums": [" SNARE DRUM"]}) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [("d.json", json.dumps(DICTIONARY)), ("d.toml", 'bass = ["bass guitar", "Synthesizer"]')],
)
def test_dictionaries_are_read_from_json_and_toml(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert read_dictionary(tmp_path / name)["bass"] == DICTIONARY["bass"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("d.json", "{", r"d\.json: neither JSON nor TOML \(Expecting"),
        ("d.toml", "bass = [", r"d\.toml: neither JSON nor TOML"),
        ("d.json", b"\xff\xfe\x00", r"d\.json: neither JSON nor TOML"),
        ("d.json", "[]", r'd\.json: expected \{"class": \["AudioSet name", \.\.\.\], \.\.\.\}'),
        ("d.json", '{"bass": "bass guitar"}', r"'bass' is 'bass guitar'; expected a list"),
        ("d.json", '{"a": ["organ"], "b": ["Organ"]}', r"'organ' stands under 'a' and under 'b'"),
        ("d.json", '{"Speech": ["organ"]}', r"d\.json: no class can be called 'Speech'"),
        ("d.json", '{"other": ["organ"]}', r"d\.json: no class can be called 'other'"),
        ("d.json", '{"silence": ["organ"]}', r"d\.json: no class can be called 'silence'"),
        (
            "d.json",
            '{"a": ["organ"], "a": []}',
            r"d\.json: .*\(a key stands twice among \['a', 'a'",
        ),
        ("d.json", '{"\\ud800": ["organ"]}', r"d\.json: neither JSON nor TOML"),
        ("d.json", '{" ": ["organ"]}', r"d\.json: no class can be called ' '"),
        ("gone.json", None, r"gone\.json: No such file or directory; expected a label dict"),
    ],
)
def test_files_that_are_not_a_dictionary_are_refused(
    tmp_path: Path, name: str, content: str | bytes | None, message: str
) -> None:
    if content is not None:
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match=message):
        read_dictionary(tmp_path / name)


def test_the_script_writes_files_that_other_commands_read(run: RunScript, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text(format_rows([Row._fields, *ROWS]), newline="")
    write_scores(tmp_path / "r.scores.npz", [row.path for row in ROWS], stem_scores())
    record = {"label_dictionary": {"bass": []}, "counts": {"matches": 1}, "x": 2}
    (tmp_path / "r.run.json").write_text(json.dumps(record))
    dictionary = {"bass": ["bass guitar", "base guitar"], "vocals": ["speech"], "x": ["music"]}
    (tmp_path / "d.json").write_text(json.dumps(dictionary))
    result = run("relabel.py", file, "--labels", tmp_path / "d.json")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "r.scores.npz").exists()
    assert result.stdout.splitlines() == [
        "Accuracy: 40.00% (2/5 matches)",
        "Before: 20.00% (1/5 matches)",
        "Changed: 1 proposed labels, 0 predictions",
    ]
    output = tmp_path / "r.relabelled.csv"
    assert result.stderr.splitlines() == [
        f"note: {file}: no run id in r.scores.npz and r.run.json beside it, as in older versions: "
        "nothing says whether all are of one run",
        "warning: 'base guitar' (bass) is not an AudioSet name; 'bass guitar' is",
        "warning: 'music' (x) is an AudioSet name but not an instrument's, so it is never "
        "predicted",
        "warning: the dictionary does not hold the prediction 'synthesizer' (1 stems): other",
        "warning: the dictionary has no class 'drums': stems with this label cannot be right",
        f"written to {output}",
    ]
    assert [row.proposed_label for row in read_rows(output)][3] == "vocals"
    record = json.loads((tmp_path / "r.relabelled.run.json").read_text())
    assert tie_in(record) == read_ties(output)[tmp_path / "r.relabelled.scores.npz"]
    assert {name: value for name, value in record.items() if name not in Tie._fields} == {
        "label_dictionary": dictionary,
        "relabelled_from": str(file),
        "relabelled_from_run_id": None,
        "x": 2,
    }
    again = run("computeaccuracy.py", output)
    assert again.returncode == 0, again.stderr
    assert "speech rule off" in again.stdout


def test_a_stem_of_spoken_words_can_be_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "r.csv"
    rows = [Row("Speech", "a.wav", "speech", "speech"), Row("kazoo", "b.wav", "banjo", "other")]
    file.write_text(format_rows([Row._fields, *rows]), newline="")
    assert main([str(file), "--dataset", "moisesdb"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("Accuracy: 50.00% (1/2 matches)")
    assert [line for line in printed.err.splitlines() if "no class" in line] == [
        "warning: the dictionary has no class 'kazoo': stems with this label cannot be right"
    ]


def test_scores_of_an_earlier_relabelling_are_removed(run: RunScript, tmp_path: Path) -> None:
    file, scores = tmp_path / "r.csv", tmp_path / "r.scores.npz"
    file.write_text(format_rows([Row._fields, *ROWS]), newline="")
    write_scores(scores, [row.path for row in ROWS], stem_scores())
    assert run("relabel.py", file, "--dataset", "dsd100").returncode == 0
    with np.load(tmp_path / "r.relabelled.scores.npz") as file_written, np.load(scores) as before:
        assert {*file_written} == {*before, *Tie._fields}
        for name in before:
            np.testing.assert_array_equal(file_written[name], before[name])
    scores.unlink()
    assert run("relabel.py", file, "--dataset", "dsd100").returncode == 0
    assert not (tmp_path / "r.relabelled.scores.npz").exists()


@pytest.mark.parametrize("name", ["run.csv", "run.scores.npz", "run.run.json"])
def test_files_of_another_run_are_not_overwritten(
    run: RunScript, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "r.csv"
    file.write_text(format_rows([Row._fields, *ROWS]), newline="")
    (tmp_path / name).write_text('{"label_dictionary": {"bass": []}}')
    result = run("relabel.py", file, "--dataset", "dsd100", "--output", tmp_path / "run.csv")
    assert result.returncode == 2
    assert result.stderr == (
        f"error: {tmp_path / name}: exists already and is not from relabelling; choose another "
        "name with --output, or remove it\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["r.csv", name])


def test_mistakes_give_one_line(run: RunScript, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text(format_rows([Row._fields, *ROWS]), newline="")
    for arguments, message in (
        ([file, "--dataset", "dsd100", "--output", file], "this command reads or writes that"),
        (
            [file, "--dataset", "dsd100", "--output", tmp_path / "r.scores.npz"],
            "r.scores.npz: this",
        ),
        ([tmp_path, "--dataset", "dsd100"], "Is a directory; expected a results file"),
        ([file, "--dataset", "dsd100", "--output", tmp_path / "no" / "x.csv"], "cannot be written"),
    ):
        result = run("relabel.py", *arguments)
        assert result.returncode == 2
        assert message in result.stderr
        assert len(result.stderr.splitlines()) == 1
    assert "one of the arguments --dataset --labels is required" in run("relabel.py", file).stderr


def test_a_silent_stem_does_not_change() -> None:
    scores = StemScores(np.full((1, 527), np.nan, np.float32), np.zeros(1))
    assert relabelled(ROWS[4:], scores, LabelMap(DICTIONARY)) == ROWS[4:]
