"""Runs over the same stems: how they are matched, and what is said of them."""

from pathlib import Path
from typing import Any

import pytest

from AST.commands.accuracy import main
from AST.errors import UsageError
from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.layout import WIDTH
from AST.evaluation.several_runs.comparison import comparison_of_first_two
from AST.evaluation.several_runs.differing_facts import Fact
from AST.evaluation.several_runs.figures import SeveralRuns, compare_runs, run_names
from AST.evaluation.several_runs.text import describe_runs
from AST.evaluation.statistics.pair_tests import OddsRatio
from AST.results import Row, format_rows

ROWS = [
    Row("bass", "D/Sources/Dev/1/bass.wav", "bass guitar", "bass"),
    Row("drums", "D/Sources/Dev/1/drums.wav", "drum kit", " Drums"),
    Row("vocals", "D/Sources/Dev/1/vocals.wav", "speech", "speech"),
    Row("bass", "D/Sources/Dev/2/bass.wav", "synthesizer", "other"),
    Row("drums", "D/Sources/Dev/2/drums.wav", "error", "error"),
    Row("Vocals ", "D/Sources/Dev/2/vocals.wav", "bass guitar", "bass"),
    Row("bass", "D/Sources/Test/3/bass.wav", "synthesizer", "other"),
]
"""Three songs. Right: 2 of 3 in the first, 0 of 3 and 0 of 1 in the others."""


def elsewhere(rows: list[Row]) -> list[Row]:
    return [row._replace(path=row.path.replace("D/", "/else/where/", 1)) for row in rows]


def answered(rows: list[Row], **answers: int) -> list[Row]:
    """The rows with other proposed labels at some places; the prediction is the label's name."""
    changed = list(rows)
    for label, place in answers.items():
        changed[place] = rows[place]._replace(prediction=label.upper(), proposed_label=label)
    return changed


def compared(*runs: list[Row], records: list[dict[str, Any] | None] | None = None) -> SeveralRuns:
    """A comparison of runs in the files a.csv, b.csv, c.csv."""
    known = records or [None] * len(runs)
    saved = [
        SavedRun(Path(f"{name}.csv"), rows, record=record)
        for name, rows, record in zip("abc", runs, known, strict=False)
    ]
    return compare_runs(saved)


OTHERS = [*answered(ROWS, other=0)[:3], *answered(ROWS, bass=3)[3:6], *answered(ROWS, bass=6)[6:]]
"""Wrong about the first bass, right about the two others."""


def test_stems_are_matched_in_another_folder() -> None:
    others = elsewhere(OTHERS)
    result = compared(ROWS, others[:1] + others[2:])
    assert (result.stems, result.songs) == (6, 3)
    assert [run.left_out for run in result.runs] == [1, 0]
    assert [run.matches for run in result.runs] == [1, 2]
    [pair] = result.pairs
    assert pair.difference_percent == pytest.approx(-100 / 6)
    assert (pair.only_first, pair.only_second) == ({"bass": 1}, {"bass": 2})
    assert (pair.mcnemar_p, pair.odds_ratio) == (1, OddsRatio(0.5, False))
    # Gains by song: 1, -1, -1. All 8 choices of signs have a sum of at least 1.
    assert pair.sign_flip_p == pair.holm_p == 1
    assert [one.path for one in result.disagreements] == [ROWS[i].path for i in (0, 3, 6)]
    assert [answer.prediction for answer in result.disagreements[0].answers] == [
        "bass guitar", "OTHER",
    ]  # fmt: skip
    assert pair.interval is not None
    assert pair.interval.low_percent < pair.difference_percent < pair.interval.high_percent


def test_two_runs_are_a_comparison_with_the_other() -> None:
    several = compared(ROWS, elsewhere(OTHERS)[1:])
    result = comparison_of_first_two(several)
    assert (result.against, result.stems, result.only_here, result.only_there) == ("b.csv", 6, 1, 0)
    assert result.accuracy_percent == pytest.approx(100 / 6)
    assert result.other_accuracy_percent == pytest.approx(300 / 6)
    assert result.difference_percent == pytest.approx(-200 / 6)
    assert (result.gained, result.lost) == ({}, {"bass": 2})
    change = result.changed[0]
    assert (change.proposed_label, change.other_proposed_label) == ("other", "bass")
    assert (change.prediction, change.other_prediction) == ("synthesizer", "BASS")


def test_with_more_runs_the_first_other_one_is_compared() -> None:
    several = compared(ROWS, ROWS, elsewhere(OTHERS)[1:])
    assert comparison_of_first_two(several).changed == []
    assert len(several.disagreements) > 0


def test_stems_that_are_not_the_same_are_left_out_if_others_are_found() -> None:
    common = Row("bass", "c/common/bass.wav", "tick", "bass")
    twice = [Row("bass", f"{folder}/song1/bass.wav", "tick", "bass") for folder in ("A", "B")]
    assert compared([*twice, common], [common, Row("bass", "z/new/bass.wav", "-", "-")]).stems == 1
    of_drums = Row("drums", "C/song1/bass.wav", "tick", "bass")
    assert compared([twice[0], common], [of_drums, common]).stems == 1


def test_some_stems_may_be_in_the_same_folder() -> None:
    result = compared(ROWS, [ROWS[0], *elsewhere(ROWS[1:])])
    assert (result.stems, result.disagreements) == (7, [])


def test_three_runs_have_three_pairs_on_the_stems_of_all() -> None:
    result = compared(ROWS, elsewhere(OTHERS)[1:], ROWS[:6])
    assert (result.stems, [run.left_out for run in result.runs]) == (5, [2, 1, 1])
    assert [(pair.first, pair.second) for pair in result.pairs] == [
        ("a", "b"), ("a", "c"), ("b", "c"),
    ]  # fmt: skip
    assert [pair.disagreements for pair in result.pairs] == [1, 0, 1]
    assert [one.path for one in result.disagreements] == [ROWS[3].path]


def test_p_values_of_several_pairs_are_corrected() -> None:
    rows = [Row("bass", f"D/{i}/bass.wav", "bass guitar", "bass") for i in range(8)]
    wrong = [row._replace(proposed_label="other") for row in rows]
    two = compared(rows, wrong).pairs[0]
    three = compared(rows, wrong, rows).pairs
    assert two.holm_p == two.sign_flip_p == 2 / 2**8
    assert [pair.holm_p for pair in three] == [3 * 2 / 2**8, 1, 3 * 2 / 2**8]


def test_runs_over_different_stems_are_not_compared() -> None:
    strangers = [Row("bass", "m/moisesdb_v0.1/x/bass/1.wav", "bass guitar", "bass")]
    with pytest.raises(UsageError, match=r"a\.csv and b\.csv have no stem in common: found D/S"):
        compared(ROWS, strangers)
    with pytest.raises(UsageError, match=r"a\.csv, b\.csv and c\.csv have no stem in common"):
        compared(ROWS, ROWS[:3], ROWS[3:])
    with pytest.raises(UsageError, match=r"class is bass in a\.csv and drums in b\.csv; expected"):
        compared(ROWS, [ROWS[0]._replace(label="drums")])
    with pytest.raises(UsageError, match=r"b\.csv: 2 rows have the path D/Sources/Dev/1/bass\.wav"):
        compared(ROWS, [ROWS[0], ROWS[0]])


def test_names_of_runs_are_short_and_unique() -> None:
    assert run_names([Path("x/fp32/r.csv"), Path("y/fp32/r.csv"), Path("y/r.tsv")]) == [
        "x/fp32/r", "y/fp32/r", "r.tsv",
    ]  # fmt: skip


RECORD: dict[str, Any] = {
    "label_dictionary": {"bass": ["bass guitar"], "drums": ["drum kit"]},
    "models": {"ast": {"path": "/x/tiny.pth", "sha256": "ab" * 32, "is_published": False}},
    "precision": "fp32",
    "settings": {"batch_size": 1},
    "finished": "today",
}


def test_only_facts_that_differ_are_named() -> None:
    other = {
        **RECORD,
        "precision": "bf16",
        "label_dictionary": {"bass": ["Bass guitar", "double bass"], "drums": ["drum kit"]},
        "settings": {"batch_size": 8},
        "finished": "tomorrow",
    }
    result = compared(ROWS, ROWS, ROWS, records=[RECORD, other, None])
    facts = {fact.name: fact.values for fact in result.facts}
    assert list(facts) == ["precision", "settings: batch size", "label dictionary (sha256)"]
    assert facts["precision"] == ["fp32", "bf16", "no record"]
    assert result.dictionary == [Fact("double bass", ["no class", "bass", "no record"])]
    assert result.without_record == ["c"]
    assert compared(ROWS, ROWS, records=[RECORD, {**RECORD, "finished": "x"}]).facts == []
    older = {name: value for name, value in RECORD.items() if name != "models"}
    [fact] = compared(ROWS, ROWS, records=[RECORD, older]).facts
    assert fact == Fact("ast model", [f"tiny.pth (sha256 {'ab' * 6})", "not recorded"])


def test_a_choice_about_the_dataset_is_a_difference() -> None:
    one, other = ({**RECORD, "dataset_options": {"bleed": bleed}} for bleed in ("with", "without"))
    [fact] = compared(ROWS, ROWS, records=[one, other]).facts
    assert fact == Fact("dataset options: bleed", ["with", "without"])


def test_the_text_names_runs_and_stems() -> None:
    text = "\n".join(describe_runs(compared(ROWS, OTHERS, ROWS, records=[None, RECORD, RECORD])))
    assert "Compared on the 7 stems (3 songs) that all 3 runs have:" in text
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "not known, for want of a record: a" in text
    line = next(line for line in text.splitlines() if line.startswith("  b - c "))
    assert line.split()[3] == "+14.29"
    assert line.split()[-6:] == ["1", "2", ":", "1", "2.00", "3"]
    assert "Right only in b, not in a: 2 (bass 2)" in text
    assert (
        "D/Sources/Dev/1/bass.wav\n    class bass: bass (bass guitar) in a, c; other (OTHER) in b"
        in text
    )
    assert "*: half a stem" not in text
    corrected = "\n".join(describe_runs(compared(ROWS, answered(ROWS, bass=3))))
    assert "0.33*" in corrected
    assert "*: half a stem is added." in corrected


def test_of_many_stems_the_first_are_listed() -> None:
    rows = [Row("bass", f"D/{i}/bass.wav", "bass guitar", "bass") for i in range(25)]
    lines = describe_runs(compared(rows, [row._replace(proposed_label="x") for row in rows]))
    assert lines[-1] == "  and 5 more; --json writes all"
    assert sum(line.endswith("bass.wav") for line in lines) == 20


def test_the_same_figures_by_both_flags(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / f"{name}.csv" for name in "abc"]
    for file, rows in zip(files, (ROWS, OTHERS, ROWS[:4]), strict=True):
        file.write_text(format_rows([Row._fields, *rows]), newline="")
    own, other, third = map(str, files)
    texts = []
    for arguments in (["--against", other, own], [own, "--compare", other]):
        assert main(arguments) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert main([own, "--compare", other, third]) == 0
    assert "that all 3 runs have" in capsys.readouterr().out
