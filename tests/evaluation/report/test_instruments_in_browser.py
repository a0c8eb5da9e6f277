"""The page's sections on instruments and dictionaries in Chromium."""

from pathlib import Path

import pytest

from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.findings import find
from AST.evaluation.report.page import render
from tests.evaluation.conftest import CHROMIUM
from tests.evaluation.dictionaries.test_dictionaries import permuted, stems
from tests.evaluation.instruments.test_instruments import NAMES
from tests.evaluation.report.test_report_in_browser import PHONE, OpenPage
from tests.helpers import DICTIONARY

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")


@pytest.fixture
def full_page(report: Path) -> None:
    """Puts a page with all of these sections in the place of the report."""
    rows, scores, _ = stems(20, 3, permuted)
    miss = {"label": "bass", "prediction": "double bass", "proposed_label": "other"}
    rows[:9] = [row._replace(**miss) for row in rows[:9]]
    names = {
        name: {"class": "", "exact": exact, "broader": broader, "uncertain": doubt}
        for name, (exact, broader, doubt) in NAMES.items()
    }
    record = {
        "label_dictionary": DICTIONARY,
        "instruments": {row.path: [*names][i % len(names)] for i, row in enumerate(rows)},
        "instrument_names": names,
    }
    run = SavedRun(report.with_name("r.csv"), rows, scores, record)
    report.write_text(render(run, find(run), report.parent), "utf-8")


@pytest.mark.usefixtures("full_page")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_keeps_people_out(opened: OpenPage, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(color_scheme=scheme)
    for section in ("instruments", "dictionary-misses", "learned"):
        assert page.locator(f"#{section}").is_visible()
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


@pytest.mark.usefixtures("full_page")
def test_nothing_is_cut_on_a_phone(opened: OpenPage) -> None:
    page = opened(viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.usefixtures("full_page")
def test_links_lead_to_their_stems(opened: OpenPage) -> None:
    page = opened()
    page.locator("section[aria-labelledby='dictionary-misses'] li a").click()
    assert page.locator("#shown").inner_text() == "9 of 60 stems"
    page.locator("nav a[href='#instruments']").click()
    page.locator("section[aria-labelledby='instrument-predictions'] thead a").first.click()
    count = page.locator("#shown").inner_text().split()[0]
    column = page.locator("section[aria-labelledby='instrument-predictions'] tbody td:nth-child(2)")
    assert int(count) == sum(int(text or 0) for text in column.all_inner_texts())
