"""Accuracy against seconds heard, and agreement of windows, of stems with known windows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.files.score_file import StemScores
from AST.evaluation.files.window_record import window_settings
from AST.evaluation.findings import find
from AST.evaluation.scores.rule_effects import decide_again
from AST.evaluation.several_runs.pooling import pooled
from AST.evaluation.windows.figures import WindowFigures, missing_for_windows, window_figures
from AST.evaluation.windows.first_windows import by_first_windows
from AST.labels import LabelMap
from AST.results import Row
from tests.evaluation.windows.window_runs import window_run
from tests.helpers import DICTIONARY, INDEX


def figures(run: SavedRun) -> WindowFigures:
    found = window_figures(run)
    assert found is not None
    return found


def first_windows(run: SavedRun, number: int) -> StemScores:
    settings = window_settings(run.record or {})
    assert run.scores is not None
    assert run.windows is not None
    assert settings is not None
    return by_first_windows(run.scores, run.windows, settings.pool, number)


@pytest.mark.parametrize(
    ("pool", "matches"),
    [
        # The bass needs the second window, the drums are right by their only one. The mean of the
        # vocals' first two windows is singing 0.3125 and piano 0.25, of all 0.2083 and 0.3333.
        ("mean", [2, 3, 2]),
        ("max", [2, 3, 3]),  # singing stays the highest
        # Two windows have one vote each: the higher mean decides.
        ("vote", [2, 3, 2]),
    ],
)
def test_accuracy_against_seconds_heard(pool: str, matches: list[int]) -> None:
    found = figures(window_run(pool))
    assert (found.pool, found.windows, found.stems) == (pool, 10, 4)
    assert [one.windows for one in found.heard] == [1, 2, 4]
    assert [one.heard_s for one in found.heard] == pytest.approx([10.24, 15.36, 25.6])
    assert [one.stems for one in found.heard] == [4, 3, 1]
    assert [one.matches for one in found.heard] == matches
    assert [one.accuracy_percent for one in found.heard] == [25 * count for count in matches]
    gains = [25 * (count - matches[0]) for count in matches]
    assert [one.gain_percent for one in found.heard] == [None, *gains[1:]]


def test_right_stems_by_class() -> None:
    recalls = [
        {own.label: own.recall for own in one.classes} for one in figures(window_run()).heard
    ]
    assert [one["bass"] for one in recalls] == [0, 1, 1]
    assert [one["drums"] for one in recalls] == [1, 1, 1]
    assert [one["vocals"] for one in recalls] == [0.5, 0.5, 0]  # the others are always speech


def test_votes_go_by_the_rule_for_speech() -> None:
    [bass, *_] = first_windows(window_run("vote"), 4).scores
    assert bass[INDEX["Bass guitar"]] == pytest.approx(0.75, abs=0.001)  # not "Speech": it is 0 %
    assert bass[INDEX["Speech"]] < 0.001


@pytest.mark.parametrize(
    ("hop_s", "seconds"), [(2, [10.24, 12.24, 16.24]), (30, [10.24, 20.48, 40.96])]
)
def test_what_is_heard_twice_or_between_windows_does_not_count(
    hop_s: float, seconds: list[float]
) -> None:
    heard = [one.heard_s for one in figures(window_run(hop_s=hop_s)).heard]
    assert heard == pytest.approx(seconds)


def test_agreement_of_the_windows_with_their_stem() -> None:
    agreement = figures(window_run()).agreement
    # Bass: 3 of 4 windows. Vocals: the stem is taken for a piano, so for other, as 2 of 3 are.
    assert (agreement.stems, agreement.right, agreement.speech_decisions) == (2, 1, 1)
    assert agreement.of_right == 0.75
    assert agreement.of_wrong == pytest.approx(2 / 3)
    assert agreement.mean == pytest.approx((0.75 + 2 / 3) / 2)


def test_agreement_is_counted_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = figures(window_run()).agreement
    monkeypatch.setattr("AST.evaluation.windows.agreement.WINDOWS_AT_ONCE", 3)
    assert figures(window_run()).agreement == whole


def test_all_windows_are_the_run_and_intervals_are_those_of_runs() -> None:
    run = window_run(copies=3)
    run = replace(run, rows=[row._replace(label="bass") if i == 9 else row
                             for i, row in enumerate(run.rows)])  # fmt: skip
    findings, found = find(run), figures(run)
    last = found.heard[-1]
    assert (last.matches, last.total) == (findings.matches, findings.total)
    assert (last.interval, last.classes) == (findings.song_interval, findings.classes)
    rows = decide_again(run.rows, first_windows(run, 1), LabelMap(DICTIONARY))
    before = replace(run, file=Path("first.csv"), rows=rows, windows=None)
    assert found.heard[0].interval == find(before).song_interval
    several = find(run, before).several_runs
    assert several is not None
    [pair] = several.pairs
    assert (last.gain_percent, last.gain_interval) == (pair.difference_percent, pair.interval)
    assert last.gain_interval is not None


def test_windows_follow_the_stems_that_count() -> None:
    run = window_run()
    rows = [run.rows[0]._replace(label=""), *run.rows[1:]]
    left = replace(run, rows=rows).with_truth
    assert run.windows is not None
    assert left.windows is not None
    assert left.windows.counts(3).tolist() == [1, 3, 2]
    assert left.windows.start_s.tolist() == run.windows.start_s[4:].tolist()
    assert [one.matches for one in figures(left).heard] == [2, 2, 1]


def test_several_files_are_pooled_with_their_windows() -> None:
    runs = [window_run(), replace(window_run(copies=2), file=Path("b.csv"))]
    moved = [row._replace(path=f"E/{row.path}") for row in runs[1].rows]
    run = pooled([runs[0], replace(runs[1], rows=moved)])
    assert [one.matches for one in figures(run).heard] == [6, 9, 6]
    assert figures(run).agreement.stems == 6


def test_what_is_missing_is_said() -> None:
    run = window_run()
    assert missing_for_windows(replace(run, windows=None)) is None
    record = {**(run.record or {})}
    del record["windows"]
    assert "the record does not say how" in str(missing_for_windows(replace(run, record=record)))
    rows = [row._replace(path=f"E/{row.path}") for row in run.rows]
    moved = replace(window_run("max"), rows=rows, file=Path("b.csv"))
    both = pooled([run, moved])
    assert window_figures(both) is None
    assert "or files say different things" in str(missing_for_windows(both))
    both = pooled([run, replace(moved, windows=None)])
    assert window_figures(both) is None
    assert "some of these files have none, or" in str(missing_for_windows(both))
    silent = replace(run, rows=run.rows[:1], windows=run.windows and run.windows.at([9]))
    assert window_figures(silent) is None
    assert missing_for_windows(silent) == "nothing sounds in any stem"
    assert missing_for_windows(run) is None


def test_a_silent_stem_has_no_windows_and_stays_as_it_is() -> None:
    run = window_run()
    silent = Row("drums", "D/1/silent.wav", "silence", "silence")
    assert run.scores is not None
    scores = run.scores.at([0, 1, 2, 3, 0])
    scores.scores[4] = np.nan
    found = figures(replace(run, rows=[*run.rows, silent], scores=scores))
    assert [(one.matches, one.total) for one in found.heard] == [(2, 5), (3, 5), (2, 5)]
    assert found.stems == 4
