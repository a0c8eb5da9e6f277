"""All figures of a results file, for the text, the JSON file and the page."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from AST.evaluation.accuracy import classes
from AST.evaluation.accuracy.class_figures import (
    ClassFigures,
    MacroFigures,
    class_figures,
    macro_figures,
)
from AST.evaluation.accuracy.classes import Confusion
from AST.evaluation.accuracy.groups import (
    DURATIONS_S,
    LEVELS_DBFS,
    Group,
    SongFigures,
    grouped,
    song_figures,
)
from AST.evaluation.accuracy.song_counts import song_counts
from AST.evaluation.dictionaries.learned import LearnedDictionary, learned_dictionary
from AST.evaluation.dictionaries.misses import DictionaryMisses, dictionary_misses
from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.files.score_file import read_run_record
from AST.evaluation.instruments.figures import InstrumentFindings, instrument_findings
from AST.evaluation.json_head import json_head
from AST.evaluation.scores.figures import ScoreFigures, score_figures
from AST.evaluation.several_runs.comparison import Comparison, comparison_of_first_two
from AST.evaluation.several_runs.figures import SeveralRuns, compare_runs
from AST.evaluation.several_runs.pooled_figures import PooledFiles, pooled_files
from AST.evaluation.statistics import uncertainty
from AST.evaluation.statistics.uncertainty import Interval
from AST.evaluation.windows.figures import WindowFigures, missing_for_windows, window_figures
from AST.labels import LabelMap
from AST.metrics import accuracy, is_match
from AST.results import RUN_RECORD, SCORES, beside, read_rows
from AST.run_id import check_ties, tie_in
from AST.writing import printable


@dataclass(frozen=True)
class Findings:
    """All figures of one results file. Shares are from 0 to 1, or in percent if the name says so.

    Attributes:
        silent, unlabelled: Number of further stems, which cannot be right or wrong: nothing sounds
            in them, or they have no label.
        wilson_interval: Of the accuracy, treating stems as independent.
        song_interval: Of the accuracy, if stems of one song are alike; None for a single song.
        design_effect: How many times more stems are needed than if stems were independent.
        accuracy_without_errors_percent: Of the stems that could be analysed; None if all failed.
        macro_f1, balanced_accuracy: As in ``macro``.
        by_song: None for a single song, or if each stem is its own song.
        by_level, by_duration: In dBFS and seconds; empty if the scores file lacks them.
        no_class: Number of stems with the proposed label ``other``, ``speech``, ``silence`` and
            ``error``.
        confusion: Number of stems by class and proposed label.
        raw_confusions: Classes with their predictions, the most frequent pair first.
        instruments: None if the record says no stem's instrument.
        dictionary_misses: None if no mistake is the label dictionary's.
        learned_dictionary: None without scores of ten songs and two classes.
        scores: None if the scores or the run record are missing, or if several files have several
            label dictionaries.
        scores_missing: Which of these is the reason, as text.
        windows: None for a run without windows, or if something else is missing.
        windows_missing: What is missing, as text; None for a run without windows.
        comparison: With the first other run; None if none was given.
        several_runs: The run and all others; None if no other was given.
        pooled: The files whose stems all other figures are of; None if it is a single one.
    """

    file: str
    matches: int
    total: int
    silent: int
    unlabelled: int
    accuracy_percent: float
    wilson_interval: Interval
    songs: int
    song_interval: Interval | None
    design_effect: float | None
    accuracy_without_errors_percent: float | None
    classes: list[ClassFigures]
    macro_f1: float
    balanced_accuracy: float
    macro: MacroFigures
    by_song: SongFigures | None
    by_level: list[Group]
    by_duration: list[Group]
    no_class: dict[str, int]
    confusion: dict[str, dict[str, int]]
    raw_confusions: list[Confusion]
    instruments: InstrumentFindings | None
    dictionary_misses: DictionaryMisses | None
    learned_dictionary: LearnedDictionary | None
    scores: ScoreFigures | None
    scores_missing: str | None
    windows: WindowFigures | None
    windows_missing: str | None
    comparison: Comparison | None
    several_runs: SeveralRuns | None
    pooled: PooledFiles | None

    def as_json(self) -> dict[str, Any]:
        """All figures as JSON values, as in doc/findings.schema.json."""
        return {**asdict(json_head()), **asdict(self)}


def find(run: SavedRun, *others: Path | SavedRun) -> Findings:
    """All figures of a run, and its comparison with other runs or their results files, if any.

    Raises:
        UsageError: Another file cannot be read, or it has other stems.
    """
    rows = run.rows
    figure = accuracy(rows)
    analysed = classes.without_errors(rows)
    right = [*map(is_match, rows)]
    by_songs = uncertainty.song_interval(run.songs, right)
    counts = song_counts(rows, run.songs)
    macro = macro_figures(counts)
    scores = None
    if run.scores is not None and run.label_dictionary is not None:
        scores = score_figures(rows, run.scores, LabelMap(run.label_dictionary), run.songs)
    several = compare_runs([run, *map(_other_run, others)]) if others else None
    return Findings(
        file=printable(run.file),
        matches=figure.matches,
        total=figure.total,
        silent=run.silent,
        unlabelled=run.unlabelled,
        accuracy_percent=figure.percent,
        wilson_interval=uncertainty.wilson_interval(figure.matches, figure.total),
        songs=len(set(run.songs)),
        song_interval=by_songs.interval if by_songs else None,
        design_effect=by_songs.design_effect if by_songs else None,
        accuracy_without_errors_percent=accuracy(analysed).percent if analysed else None,
        classes=class_figures(counts),
        macro_f1=macro.macro_f1.value or 0,
        balanced_accuracy=macro.balanced_accuracy.value or 0,
        macro=macro,
        by_song=song_figures(run.songs, right),
        by_level=grouped(run.scores.rms_dbfs, LEVELS_DBFS, run.songs, right) if run.scores else [],
        by_duration=(
            grouped(run.scores.duration_s, DURATIONS_S, run.songs, right) if run.scores else []
        ),
        no_class=classes.no_class_counts(rows),
        confusion=classes.confusion_matrix(rows).to_dict("index"),
        raw_confusions=classes.raw_confusions(rows),
        instruments=instrument_findings(rows, run.songs, run.record),
        dictionary_misses=dictionary_misses(rows, run.label_dictionary),
        learned_dictionary=(
            learned_dictionary(rows, run.scores, run.songs) if run.scores else None
        ),
        scores=scores,
        scores_missing=_what_is_missing(run),
        windows=window_figures(run),
        windows_missing=missing_for_windows(run),
        comparison=comparison_of_first_two(several) if several else None,
        several_runs=several,
        pooled=pooled_files(run),
    )


def _other_run(file: Path | SavedRun) -> SavedRun:
    """A comparison needs no scores.

    Raises:
        UsageError: A file cannot be read, or the record is of another run.
    """
    if isinstance(file, SavedRun):
        return file
    rows, record = read_rows(file), read_run_record(file)
    if record is not None:
        check_ties(file, rows, {beside(file, RUN_RECORD): tie_in(record)})
    return SavedRun(file, rows, record=record).with_truth


def _what_is_missing(run: SavedRun) -> str | None:
    missing = [
        printable(beside(one.file, kind).name)
        for one in run.files
        for kind, found in ((SCORES, one.scores), (RUN_RECORD, one.record))
        if found is None
    ]
    if missing:
        return f"there is no {' and no '.join(missing)} beside the results"
    if run.scores is None:
        return "the models of these files do not have the same outputs"
    if run.label_dictionary is None:
        return "the label dictionaries of these files are not the same"
    return None
