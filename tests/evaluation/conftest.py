"""A page of few stems, for the tests of what it contains and of what it does in a browser."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from AST.evaluation.files.saved_run import read_run
from AST.evaluation.files.score_file import StemScores
from AST.evaluation.findings import find
from AST.evaluation.report.page import render
from AST.results import Row, format_rows
from synthetic.stems import SAMPLE_RATE_HZ, write_samples
from tests.helpers import DICTIONARY, ROWS, stem_scores, tone, write_scores

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EVIL = "\"><img src=x onerror=alert(2)><script>alert(1)</script>&'{{7*7}}"
PLAYS_S = 30
"""So long that no test sees the end of a file, however slow the machine is."""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """The page of ROWS and three more rows: one has HTML in its texts, two have an audio file.

    It is compared with a run that takes the first bass for drums.
    """
    folder = tmp_path / "audio" / "D & <1>"
    folder.mkdir(parents=True)
    for name in ("bass #1.wav", "bass #2.wav"):
        write_samples(folder / name, tone(440, PLAYS_S, SAMPLE_RATE_HZ))
    rows = [
        *ROWS,
        Row("vocals", f"D/{EVIL}/vocals.wav", EVIL, EVIL),
        Row("bass", str(folder / "bass #1.wav"), "bass guitar", "bass"),
        Row("bass", str(folder / "bass #2.wav"), "drum kit", "drums"),
    ]
    file, other = tmp_path / "r.csv", tmp_path / "before.csv"
    file.write_text(format_rows([Row._fields, *rows]), newline="")
    changed = rows[0]._replace(prediction="drum kit", proposed_label="drums")
    other.write_text(format_rows([Row._fields, changed, *rows[1:]]), newline="")
    old = stem_scores()
    places = [*range(5), 1, 0, 1]
    scores = StemScores(old.scores[places], old.speech_score_percent[places])
    write_scores(tmp_path / "r.scores.npz", [row.path for row in rows], scores)
    model = {"path": EVIL.replace("/", ""), "sha256": EVIL, "is_published": False}
    record = {
        "label_dictionary": DICTIONARY,
        "dataset": EVIL,
        "models": {"ast": model},
        "failures": [{"path": EVIL, "reason": EVIL}],
        "versions": {"torch": EVIL},
    }
    (tmp_path / "r.run.json").write_text(json.dumps(record))
    (tmp_path / "pages").mkdir()
    run = read_run(file, rows)
    path = tmp_path / "pages" / "report.html"
    path.write_text(render(run, find(run, other), path.parent), "utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: "Browser", report: Path) -> Iterator[Callable[..., "Page"]]:
    """Opens the page in Chromium. Checks afterwards: no error, no request outside its folder."""
    complaints: list[str] = []
    requests: list[str] = []

    def open_page(state: str = "", **options: Any) -> "Page":
        page = browser.new_context(**options).new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(report.as_uri() + state)
        return page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert complaints == []
    folder = report.parent.parent.as_uri()
    assert requests
    assert all(url.startswith((folder, "data:")) for url in requests)


@pytest.fixture
def page(opened: Callable[..., "Page"]) -> "Page":
    """The page in Chromium, as it is at first."""
    return opened()
