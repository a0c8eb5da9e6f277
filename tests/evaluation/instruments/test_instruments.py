"""Figures at the level of the instrument: ten stems counted by hand, and where they are shown."""

import csv
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from AST.commands.accuracy import main
from AST.errors import UsageError
from AST.evaluation.files.saved_run import SavedRun, read_run
from AST.evaluation.findings import Findings, find
from AST.evaluation.instruments.figures import InstrumentFindings
from AST.evaluation.instruments.levels import Share
from AST.evaluation.report.page import render
from AST.evaluation.statistics.uncertainty import song_interval
from AST.evaluation.summary import summarise
from AST.evaluation.text import describe
from AST.results import Row, format_rows
from doc import make_schema
from tests.evaluation.conftest import EVIL
from tests.evaluation.report.test_report import Collector
from tests.helpers import DICTIONARY, ROWS

SYNTH, CONTRABASS, TUBA = (
    "bass synthesizer (moog etc)",
    "contrabass/double bass (bass of instrings)",
    "tuba (bass of brass)",
)
NAMES = {
    "bass guitar": (["bass guitar"], ["double bass"], False),
    SYNTH: (["synthesizer"], ["bass guitar", "sampler"], True),
    CONTRABASS: (["double bass"], ["bass guitar", "bowed string instrument", "cello"], False),
    TUBA: ([], ["brass instrument"], True),
    "snare drum": (["snare drum"], ["drum", "rimshot", "drum roll", "drum kit"], False),
}
# class, song, prediction, proposed label, instrument: right as class, strict, lenient
STEMS = [
    ("bass", "1", "bass guitar", "bass", "bass guitar"),  # yes, yes, yes
    ("bass", "1", "Synthesizer", "other_keys", SYNTH.title()),  # no, yes, yes
    ("Bass", "2", "synthesizer", "other_keys", SYNTH),  # no, yes, yes
    ("bass", "2", "bass guitar", "bass", SYNTH),  # yes, no, yes
    ("bass", "3", "guitar", "guitar", CONTRABASS),  # no, no, no
    ("bass", "3", "synthesizer", "error", SYNTH),  # failed: no, no, no
    ("bass", "4", "brass instrument", "wind", TUBA),  # no, not defined, yes
    ("drums", "4", "drum", "drums", "snare drum"),  # yes, no, yes
    ("drums", "1", "drum kit", "drums", "kazoo"),  # yes, not defined, not defined
    ("bass", "2", "guitar", "guitar", None),  # no; the instrument is not known
]


def run_of_ten_stems(folder: Path) -> SavedRun:
    rows = [
        Row(label, f"{song}/{place}.wav", prediction, proposed)
        for place, (label, song, prediction, proposed, _) in enumerate(STEMS)
    ]
    record = {
        "label_dictionary": DICTIONARY,
        "songs": {row.path: row.path[0] for row in rows},
        "instruments": {
            row.path: stem[4] for row, stem in zip(rows, STEMS, strict=True) if stem[4]
        },
        "instrument_names": {
            name: {"class": "", "exact": exact, "broader": broader, "uncertain": doubt}
            for name, (exact, broader, doubt) in NAMES.items()
        },
    }
    (folder / "r.csv").write_text(format_rows([Row._fields, *rows]), newline="")
    (folder / "r.run.json").write_text(json.dumps(record))
    return SavedRun(folder / "r.csv", rows, None, record)


@pytest.fixture
def run(tmp_path: Path) -> SavedRun:
    return run_of_ten_stems(tmp_path)


@pytest.fixture
def findings(run: SavedRun) -> Findings:
    return find(run)


@pytest.fixture
def found(findings: Findings) -> InstrumentFindings:
    assert findings.instruments is not None
    return findings.instruments


def test_an_instrument_without_any_name_is_not_an_unknown_one(run: SavedRun) -> None:
    assert run.record is not None
    nameless = {"class": "", "exact": [], "broader": [], "uncertain": False}
    run.record["instrument_names"]["kazoo"] = nameless
    found = find(run).instruments
    assert found is not None
    assert (found.without_name, found.unknown_to_suite) == (1, 0)


def counts(share: Share | None) -> tuple[int, int] | None:
    return None if share is None else (share.matches, share.total)


def test_ten_stems_at_three_levels(found: InstrumentFindings) -> None:
    # Of the stems 1 to 6 and 8, the class is right for 1, 4 and 8; strictly right are 1, 2 and 3,
    # leniently 4 and 8 too. The seventh stem has a broader name only. The ninth is unknown.
    levels, apart = found.with_exact_name, found.with_broader_name
    assert levels is not None
    assert apart is not None
    assert counts(levels.class_right) == (3, 7)
    assert counts(levels.strict_right) == (3, 7)
    assert counts(levels.lenient_right) == (5, 7)
    expected = song_interval(list("1122334"), [1, 0, 0, 1, 0, 0, 1])
    assert expected is not None
    assert levels.class_right.interval == expected.interval
    assert counts(apart.class_right) == (0, 1)
    assert apart.strict_right is None
    assert counts(apart.lenient_right) == (1, 1)
    assert apart.class_right.interval is None  # of a single song
    assert (found.without_name, found.unknown_to_suite, found.without_instrument) == (0, 1, 1)


def test_the_figures_of_each_instrument(found: InstrumentFindings) -> None:
    by_name = {one.instrument: one for one in found.instruments}
    # bass has eight stems, drums two; among equals the name decides
    assert list(by_name) == [SYNTH, "bass guitar", CONTRABASS, TUBA, "kazoo", "snare drum"]
    synth = by_name[SYNTH]  # the stems 2, 3, 4 and 6
    assert (synth.class_name, synth.stems, synth.is_uncertain) == ("bass", 4, True)
    assert counts(synth.right.class_right) == (1, 4)
    assert counts(synth.right.strict_right) == (2, 4)
    assert counts(synth.right.lenient_right) == (3, 4)
    assert (synth.mistakes, synth.mistakes_right_strictly) == (3, 2)
    assert synth.predictions == {"synthesizer": 3, "bass guitar": 1}
    assert (synth.exact, synth.broader) == (["synthesizer"], ["bass guitar", "sampler"])
    tuba = by_name[TUBA]
    assert (tuba.right.strict_right, tuba.mistakes, tuba.mistakes_right_strictly) == (None, 1, None)
    assert by_name["kazoo"].right.lenient_right is None
    assert not by_name["bass guitar"].is_uncertain


def test_instruments_behind_the_mistakes_of_a_class(found: InstrumentFindings) -> None:
    # Wrong basses: 2, 3, 5, 6, 7 and 10. The instrument is right for 2 and 3, not known for 10.
    bass, drums = found.hidden
    assert (bass.class_name, bass.instruments) == ("bass", 4)
    assert (bass.mistakes, bass.mistakes_right_strictly) == (6, 2)
    assert bass.mistakes_without_instrument == 1
    assert (drums.mistakes, drums.mistakes_right_strictly) == (0, 0)
    assert sum(one.mistakes for one in found.instruments) == 5


def test_instruments_and_predictions(found: InstrumentFindings) -> None:
    names = ["synthesizer", "bass guitar", "brass instrument", "drum", "drum kit", "guitar"]
    assert found.prediction_names == names
    assert sum(sum(one.predictions.values()) for one in found.instruments) == 9


def test_an_instrument_in_two_classes_counts_in_both(run: SavedRun, tmp_path: Path) -> None:
    rows = [run.rows[0]._replace(label="guitar"), *run.rows[1:]]
    paths = {row.path: "bass guitar" for row in rows}
    record = {**(run.record or {}), "instruments": paths}
    found = find(SavedRun(tmp_path / "r.csv", rows, None, record)).instruments
    assert found is not None
    pairs = [(one.class_name, one.instrument, one.stems) for one in found.instruments]
    assert pairs == [
        ("bass", "bass guitar", 7),
        ("drums", "bass guitar", 2),
        ("guitar", "bass guitar", 1),
    ]
    assert found.hidden == []


def test_paths_of_another_system_have_their_instruments(run: SavedRun) -> None:
    record = dict(run.record or {})
    record["instruments"] = {
        path.replace("/", "\\"): name for path, name in record["instruments"].items()
    }
    found = find(SavedRun(run.file, run.rows, None, record)).instruments
    assert found is not None
    assert found.without_instrument == 1


def test_the_text_and_the_summary(findings: Findings) -> None:
    text = describe(findings)
    lines = [line.split() for line in text.splitlines()]
    assert ["strict", "3", "of", "7", "42.86", "%"] in [line[:6] for line in lines]
    assert ["bass", "6", "2"] in lines
    assert ["(not", "known)", "1"] in lines
    assert (
        "class right 0, lenient 1); 1 whose instrument this suite does not know; 1 whose"
        in " ".join(text.split())
    )
    assert "bass synthesizer (moog etc" not in text  # too long for a line of the table
    assert any(line.split()[-4:] == ["0.500", "0.750", "3", "2"] for line in text.splitlines())
    assert "Instruments: class 42.86 %, strict 42.86 %, lenient 71.43 % of 7 stems\n" in summarise(
        findings
    )


def test_the_summary_stays_one_screen(tmp_path: Path) -> None:
    from tests.evaluation.test_text import large_run

    run = large_run()
    instruments = {row.path: f"{'long ' * 9}{i % 70}" for i, row in enumerate(run.rows)}
    names = {name: {"class": "", "exact": ["drum"], "broader": []} for name in instruments.values()}
    record = {**(run.record or {}), "instruments": instruments, "instrument_names": names}
    other = tmp_path / "o.csv"
    other.write_text(format_rows([Row._fields, *run.rows]), newline="")
    findings = find(SavedRun(run.file, run.rows, run.scores, record), other, other, other)
    lines = summarise(findings).splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("Instruments: ") for line in lines)
    section = describe(findings).partition("Right at three levels")[2].partition("Accuracy by")[0]
    assert max(map(len, section.splitlines())) <= 80


def test_without_instruments_nothing_is_said(run: SavedRun, tmp_path: Path) -> None:
    record: dict[str, Any] = dict(run.record or {})
    plain = {name: record[name] for name in ("label_dictionary", "songs")}
    texts = set()
    for changed in (plain, {**plain, "instruments": {}, "instrument_names": {}}):
        bare = SavedRun(run.file, run.rows, None, changed)
        findings = find(bare)
        assert findings.instruments is None
        text = describe(findings) + summarise(findings) + render(bare, findings, tmp_path)
        for said in ("hide behind", "three levels", "Instruments:", '"#instruments"'):
            assert said not in text
        texts.add(text)
    assert len(texts) == 1


def test_the_command_writes_them_everywhere(
    run: SavedRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(run.file), "--json", str(tmp_path / "f.json"), "--tables", str(tmp_path / "t")]
    assert main([*arguments, "--report", str(tmp_path / "page.html")]) == 0
    content = json.loads((tmp_path / "f.json").read_text("utf-8"))
    jsonschema.validate(content, json.loads(make_schema.FILE.read_text("utf-8")))
    assert content["instruments"]["with_exact_name"]["strict_right"]["matches"] == 3
    tables = {
        name: list(csv.reader((tmp_path / "t" / f"{name}.csv").open(encoding="utf-8")))
        for name in (
            "instrument_levels",
            "instruments",
            "hidden_instruments",
            "instrument_predictions",
        )
    }
    assert tables["instrument_levels"][2][:4] == ["exact", "strict", "3", "7"]
    assert tables["instruments"][1][:4] == ["bass", SYNTH, "yes", "4"]
    assert ["bass", "(not known)", "1", ""] in tables["hidden_instruments"]
    assert ["bass", "all", "6", "2"] in tables["hidden_instruments"]
    assert tables["instrument_predictions"][0][2:4] == ["synthesizer", "bass guitar"]
    assert tables["instrument_predictions"][1] == ["bass", SYNTH, "3", "1", "0", "0", "0", "0"]
    page = Collector((tmp_path / "page.html").read_text("utf-8"))
    text = " ".join(page.text.split())
    assert "42.9 %" in text
    assert "synthesizer 3, bass guitar 1" in text
    assert "#instruments" in page.addresses
    assert "Instruments" in text


def test_html_in_names_of_instruments_is_escaped(run: SavedRun, tmp_path: Path) -> None:
    record = {**(run.record or {}), "instruments": {row.path: EVIL for row in run.rows}}
    evil = SavedRun(run.file, run.rows, None, record)
    page = Collector(render(evil, find(evil), tmp_path))
    assert "img" not in page.tags
    assert page.isolated.count(EVIL) >= 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"instruments": {ROWS[0].path: 1}}, "the instrument 1 is not a text"),
        ({"instruments": ["tuba"]}, "AttributeError"),
        ({"instrument_names": {"tuba": {"exact": "tuba", "broader": []}}}, "exact of 'tuba' is"),
        ({"instrument_names": {"tuba": {"exact": []}}}, "KeyError: 'broader'"),
        ({"instrument_names": {"tuba": {"exact": [], "broader": [1]}}}, "broader of 'tuba' is"),
    ],
)
def test_a_damaged_record_is_refused(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    file = tmp_path / "r.csv"
    (tmp_path / "r.run.json").write_text(json.dumps({"label_dictionary": DICTIONARY, **changes}))
    with pytest.raises(UsageError, match=f"not the record of a run .*{message}"):
        read_run(file, ROWS)
