"""The figures of windows as text, JSON, tables and a page."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from AST.commands.accuracy import main
from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.findings import find
from AST.evaluation.report.page import render
from AST.evaluation.several_runs.differing_facts import differing_facts
from AST.evaluation.statistics.uncertainty import Interval
from AST.evaluation.summary import summarise
from AST.evaluation.text import describe
from AST.evaluation.windows.figures import window_figures
from AST.evaluation.windows.plot import labels, lowest_percent, places
from doc import make_schema
from tests.evaluation.conftest import CHROMIUM
from tests.evaluation.report.test_report_in_browser import PHONE, OpenPage
from tests.evaluation.test_text import large_run
from tests.evaluation.windows.window_runs import window_run, written

NEEDS_CHROMIUM = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here")


def test_windows_as_text() -> None:
    text = describe(find(window_run()))
    table = text.partition("Accuracy against seconds heard:\n")[2].splitlines()[:4]
    assert [line.split()[0] for line in table] == ["windows", "1", "2", "4"]
    assert table[1].split()[1:6] == ["(study)", "10.2", "4", "50.00", "%"]
    assert table[3].split()[1:6] == ["(all)", "25.6", "1", "50.00", "%"]
    assert "+25.00" in table[2]
    section = text.partition("Accuracy against")[2].partition("\n\nA dictionary")[0]
    assert max(map(len, section.splitlines())) <= 80
    [bass] = [line.split() for line in section.splitlines() if line.startswith("  bass ")]
    assert bass == ["bass", "1", "0.000", "-", "1.000", "-"]
    flat = " ".join(section.split())
    assert "10 windows of 10.24 s, one every 5.12 s of the sound of 4 stems" in flat
    assert "70.83 % in the mean of 2 stems with two windows or more; of the right ones (1)" in flat
    assert (
        "of the wrong ones (1) 66.67 %. Left out, because the speech model decided them: 1." in flat
    )


def test_the_summary_has_one_line_and_stays_one_screen() -> None:
    assert "Windows: first 50.00 %, all (up to 4) 50.00 %; agreement 70.83 %" in summarise(
        find(window_run())
    )
    large, run = large_run(), window_run(copies=100)
    names = [row._replace(label=old.label) for row, old in zip(run.rows, large.rows, strict=True)]
    names[0] = names[0]._replace(prediction="tick")  # which gives a warning
    record = {
        **(run.record or {}),
        "instruments": {row.path: "drum" for row in names},
        "instrument_names": {"drum": {"exact": ["drum"], "broader": []}},
    }
    full = replace(run, rows=names, record=record)
    others = [replace(full, file=Path(f"{name}.csv"), windows=None) for name in "ab"]
    lines = summarise(find(full, *others)).splitlines()
    assert len(lines) == 24
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("Windows: ") for line in lines)


def test_without_windows_nothing_is_said_and_no_style_is_there(tmp_path: Path) -> None:
    plain = replace(window_run(), windows=None)
    record = {name: value for name, value in (plain.record or {}).items() if name != "windows"}
    plain = replace(plain, record=record)
    findings = find(plain)
    assert (findings.windows, findings.windows_missing) == (None, None)
    assert "indows" not in describe(findings) + summarise(findings)
    page = render(plain, findings, tmp_path)
    assert not any(part in page for part in ("indows", "seconds heard", ".band", ".study"))


def test_the_json_file_fits_the_schema(tmp_path: Path) -> None:
    results, file = written(window_run(), tmp_path / "r.csv"), tmp_path / "f.json"
    assert main([str(results), "--json", str(file)]) == 0
    content = json.loads(file.read_bytes())
    jsonschema.validate(content, json.loads(make_schema.FILE.read_text("utf-8")))
    assert [one["matches"] for one in content["windows"]["heard"]] == [2, 3, 2]
    assert content["windows"]["heard"][0]["gain_interval"] is None


def test_tables_and_a_figure(tmp_path: Path) -> None:
    results, folder = written(window_run(), tmp_path / "r.csv"), tmp_path / "t"
    assert main([str(results), "--tables", str(folder)]) == 0
    tables = {
        name: [*csv.DictReader((folder / f"{name}.csv").read_text("utf-8").splitlines())]
        for name in ("windows", "windows_by_class", "window_agreement")
    }
    assert [(row["windows"], row["accuracy"], row["gain"]) for row in tables["windows"]] == [
        ("1", "50.0", ""), ("2", "75.0", "25.0"), ("4", "50.0", "0.0"),
    ]  # fmt: skip
    vocals = [row for row in tables["windows_by_class"] if row["class"] == "vocals"]
    assert [row["right"] for row in vocals] == ["0.5", "0.5", "0.0"]
    agreement = {row["stems that are"]: row["agreement"] for row in tables["window_agreement"]}
    assert agreement["right"] == "0.75"
    curve = (folder / "windows.svg").read_text("utf-8")
    assert "<!-- the study's excerpt -->" in curve
    assert "<!-- seconds heard of each stem -->" in curve


def test_the_axes_of_the_curve() -> None:
    found = window_figures(window_run(hop_s=10.24))
    assert found is not None
    assert places(found) == pytest.approx([0, 50, 100])  # 10.24, 20.48 and 40.96 s
    assert labels(found) == ["10", "20", "41"]
    lows = (75, 85.5, 79.9)
    heard = [
        replace(one, interval=Interval(low, 100))
        for one, low in zip(found.heard, lows, strict=True)
    ]
    assert lowest_percent(replace(found, heard=heard)) == 70
    assert (
        lowest_percent(replace(found, heard=[replace(heard[0], interval=Interval(99, 100))])) == 90
    )
    assert places(replace(found, heard=heard[:1])) == [50]
    near = window_figures(window_run(hop_s=5.12))
    assert near is not None
    assert labels(near) == ["10", "", "26"]  # there is no room between 15 and 26


def test_windows_that_differ_are_a_fact() -> None:
    run = window_run()
    older = replace(run, record={"label_dictionary": {}}, windows=None)
    facts = {fact.name: fact.values for fact in differing_facts([run, older])}
    assert facts["windows: windows"] == ["all", "study"]
    assert "windows: pad" not in facts


@pytest.fixture
def page_of_windows(report: Path) -> None:
    """Puts a page with windows in the place of the report."""
    run: SavedRun = window_run(copies=3)
    report.write_text(render(run, find(run), report.parent), "utf-8")


@NEEDS_CHROMIUM
@pytest.mark.usefixtures("page_of_windows")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_keeps_people_out(opened: OpenPage, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(color_scheme=scheme)
    page.locator("nav a[href='#windows']").click()
    assert page.locator("#windows").is_visible()
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


@NEEDS_CHROMIUM
@pytest.mark.usefixtures("page_of_windows")
def test_the_curve_and_its_table_show_the_same(opened: OpenPage) -> None:
    page = opened(viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    part = page.locator("section[aria-labelledby=windows]")
    rows = part.locator("tbody tr")
    accuracy = rows.locator("td:nth-child(4)").all_inner_texts()
    assert [text.split()[0] for text in accuracy] == ["50.00", "75.00", "50.00"]
    svg = part.locator("svg").first
    assert "10 s: 50.0 %; 15 s: 75.0 %; 26 s: 50.0 %" in str(svg.get_attribute("aria-label"))
    heights = [float(str(dot.get_attribute("cy"))) for dot in svg.locator("circle").all()]
    assert heights[0] == heights[2] > heights[1]  # a share that is higher is drawn higher
    line = str(svg.locator("polyline").get_attribute("points")).split()
    assert [float(point.partition(",")[2]) for point in line] == heights
    assert svg.locator("polygon.band").count() == 1
    assert part.locator("figure").count() == 1 + 3  # all stems, three classes
