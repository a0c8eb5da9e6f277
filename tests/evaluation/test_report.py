"""The page: what it contains, and what it does in a browser."""

import json
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from AST.commands.accuracy import main
from AST.evaluation.findings import find
from AST.evaluation.report import render, stem_lines
from AST.evaluation.saved_run import SavedRun, read_run
from AST.evaluation.score_file import StemScores
from AST.results import Row, format_rows, read_rows
from synthetic.stems import SAMPLE_RATE_HZ, write_samples
from tests.helpers import DICTIONARY, ROOT, ROWS, RunScript, stem_scores, tone, write_scores

if TYPE_CHECKING:
    from playwright.sync_api import Page

EVIL = "\"><img src=x onerror=alert(2)><script>alert(1)</script>&'{{7*7}}"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")


class Collector(HTMLParser):
    """Collects the tags, the addresses and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [
            value for name, value in attrs if name in ("href", "src", "action") and value
        ]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """The page of ROWS and two more rows: one has HTML in its texts, one has an audio file."""
    audio = tmp_path / "audio" / "D & <1>" / "bass #1.wav"
    audio.parent.mkdir(parents=True)
    write_samples(audio, tone(440, 1, SAMPLE_RATE_HZ))
    rows = [
        *ROWS,
        Row("vocals", f"D/{EVIL}/vocals.wav", EVIL, EVIL),
        Row("bass", str(audio), "bass guitar", "bass"),
    ]
    file = tmp_path / "r.csv"
    file.write_text(format_rows([Row._fields, *rows]), newline="")
    old = stem_scores()
    places = [*range(5), 1, 0]
    scores = StemScores(old.scores[places], old.speech_score_percent[places])
    write_scores(tmp_path / "r.scores.npz", [row.path for row in rows], scores)
    model = {"path": EVIL.replace("/", ""), "sha256": EVIL, "is_published": False}
    record = {"label_dictionary": DICTIONARY, "dataset": EVIL, "models": {"ast": model}}
    (tmp_path / "r.run.json").write_text(json.dumps(record))
    (tmp_path / "pages").mkdir()
    run = read_run(file, rows)
    path = tmp_path / "pages" / "report.html"
    path.write_text(render(run, find(run, file), path.parent), "utf-8")
    return path


def test_html_in_the_results_is_escaped(report: Path) -> None:
    page = Collector()
    page.feed(report.read_text("utf-8"))
    assert page.tags.count("script") == 1
    assert page.text.count(EVIL) >= 4  # path, prediction, proposed label and dataset
    assert "img" not in page.tags
    assert "McNemar's exact p = 1, treating stems as independent" in " ".join(page.text.split())


def test_the_page_needs_no_network(report: Path) -> None:
    page = Collector()
    page.feed(report.read_text("utf-8"))
    assert page.addresses == ["data:,", "../audio/D%20%26%20%3C1%3E/bass%20%231.wav"]
    assert "http:" not in page.text.lower()
    assert "https:" not in page.text.lower()
    assert "default-src 'none'" in report.read_text("utf-8")


def test_stems_have_their_five_best_names(tmp_path: Path, report: Path) -> None:
    file = tmp_path / "r.csv"
    lines = stem_lines(read_run(file, read_rows(file)), tmp_path)
    assert lines[1].best[:2] == [("synthesizer", 0.5), ("drum kit", pytest.approx(0.4))]
    assert len(lines[1].best) == 5
    assert (lines[4].best, lines[4].score) == ([], None)
    assert lines[0].score == pytest.approx(0.9)
    assert [line.audio is None for line in lines] == [True] * 6 + [False]


def test_a_report_without_scores_says_so(run: RunScript, tmp_path: Path) -> None:
    shutil.copy(ROOT / "results_dsd100.csv", tmp_path / "alone.csv")
    path = tmp_path / "report.html"
    result = run("computeaccuracy.py", tmp_path / "alone.csv", "--report", path)
    assert (result.returncode, result.stderr) == (0, f"report: {path}\n")
    page = Collector()
    page.feed(path.read_text("utf-8"))
    assert "there is no alone.scores.npz and no alone.run.json beside the results" in page.text
    assert "svg" not in page.tags
    assert page.text.count("✓ right") == 12


def test_audio_files_are_found_in_the_dataset_folder(tmp_path: Path) -> None:
    dataset = tmp_path / "data" / "DSD100"
    stem = dataset / "Sources" / "Dev" / "001 - A" / "bass.wav"
    write_samples(stem, tone(440, 1, SAMPLE_RATE_HZ))
    write_samples(dataset / "drums.wav", tone(440, 1, SAMPLE_RATE_HZ))  # not in the song's folder
    inside = "DSD100/Sources/Dev/001 - A"
    rows = [Row(name, f"{inside}/{name}.wav", "", name) for name in ("bass", "drums")]
    record = {"label_dictionary": DICTIONARY, "dataset_path": str(dataset)}
    run = SavedRun(tmp_path / "r.csv", rows, None, record)
    bass, drums = stem_lines(run, tmp_path)
    assert bass.audio == "data/DSD100/Sources/Dev/001%20-%20A/bass.wav"
    assert drums.audio is None
    page = Collector()
    page.feed(render(run, find(run), tmp_path))
    assert "1 of 2 audio files were not found" in page.text


def test_the_head_shows_the_facts_of_the_record(tmp_path: Path) -> None:
    record = {"label_dictionary": DICTIONARY, "relabelled_from": "old.csv"}
    for known, head in ((None, "r.csv"), (record, "r.csv: relabelled from old.csv")):
        run = SavedRun(Path("r.csv"), ROWS, None, known)
        assert f"<p>{head}</p>" in render(run, find(run), tmp_path)


@pytest.mark.parametrize("flag", ["--report", "--json"])
def test_a_page_that_cannot_be_written_gives_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flag: str
) -> None:
    path = tmp_path / "no" / "x"
    assert main([str(ROOT / "results_dsd100.csv"), flag, str(path)]) == 2
    assert capsys.readouterr().err == (
        f"error: {path}: cannot be written (No such file or directory); make room for it or "
        f"choose another path with {flag}\n"
    )


@pytest.fixture
def page(report: Path) -> Iterator["Page"]:
    """The page in Chromium. Checks afterwards: no error, and no request outside its folder."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        complaints: list[str] = []
        requests: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(report.as_uri())
        yield page
        assert complaints == []
        folder = report.parent.parent.as_uri()
        assert requests
        assert all(url.startswith((folder, "data:")) for url in requests)
        browser.close()


def shown(page: "Page", column: int) -> list[str]:
    cells = page.locator(f"#table tbody tr:visible td:nth-child({column})")
    return [text.strip() for text in cells.all_inner_texts()]


@needs_chromium
def test_the_filters_of_the_table(page: "Page") -> None:
    assert page.locator("#shown").inner_text() == "7 of 7 stems"
    page.select_option("#class", "drums")
    assert shown(page, 2) == ["drums", "drums"]
    page.select_option("#result", "right")
    assert shown(page, 2) == []
    page.select_option("#class", "")
    assert shown(page, 1) == ["✓ right", "✓ right"]
    page.select_option("#result", "")
    page.fill("#search", "ALERT(1)")
    assert shown(page, 4) == [EVIL]
    assert page.locator("#shown").inner_text() == "1 of 7 stems"


@needs_chromium
def test_sorting_by_mouse_and_keyboard(page: "Page") -> None:
    heading = page.locator("#table th", has_text="score")
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    scores = shown(page, 5)
    assert scores[:2] == ["0.500", "0.600"]
    assert scores[-2:] == ["", ""]  # stems without a score come last
    heading.locator("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert shown(page, 5)[:2] == ["0.900", "0.900"]
    page.locator("#table th", has_text="class").locator("button").click()
    assert shown(page, 2) == sorted(shown(page, 2))
    assert heading.get_attribute("aria-sort") == "none"


@needs_chromium
def test_a_stem_is_played(page: "Page") -> None:
    assert page.locator("audio").is_hidden()
    page.locator("a.play").click()
    page.locator("audio").evaluate(
        "audio => audio.readyState >= 2 || new Promise(done => { audio.onloadeddata = done })"
    )
    assert page.locator("audio").evaluate("audio => audio.duration") == pytest.approx(1)
    assert page.locator("#playing").inner_text().endswith("bass #1.wav")


@needs_chromium
def test_the_page_works_without_scripts_and_in_print(report: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(report.as_uri())
        assert page.locator("form").is_hidden()
        assert page.locator("#table tbody tr:visible").count() == 7
        assert page.locator("a.play").get_attribute("href") is not None
        page.emulate_media(media="print")
        assert page.locator("#table tbody tr:visible").count() == 7
        assert page.pdf().startswith(b"%PDF")
        browser.close()


def test_scores_that_are_not_finite_are_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text(format_rows([Row._fields, *ROWS]), newline="")
    scores = stem_scores()
    scores.scores[:] = np.nan
    scores.speech_score_percent[:] = np.nan
    write_scores(tmp_path / "r.scores.npz", [row.path for row in ROWS], scores)
    (tmp_path / "r.run.json").write_text(json.dumps({"label_dictionary": DICTIONARY}))
    run = read_run(file, ROWS)
    page = Collector()
    page.feed(render(run, find(run), tmp_path))
    text = page.text.partition("Scores")[2].partition('"use strict"')[0]
    assert "The same scores under other rules" in text
    assert "nan" not in text
    assert "Expected calibration error" not in text
