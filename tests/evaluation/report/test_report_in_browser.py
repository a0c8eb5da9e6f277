"""The page in Chromium: what it shows, and what people do with it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.findings import find
from AST.evaluation.report.page import render
from AST.results import Row
from tests.evaluation.conftest import CHROMIUM, EVIL, PLAYS_S

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")
PAGES_AT_MOST = 12
PHONE = {"width": 390, "height": 844}
OpenPage = Callable[..., "Page"]


def column(page: "Page", number: int) -> list[str]:
    cells = page.locator(f"#table tbody tr:not(.space) td:nth-child({number})")
    return [text.strip() for text in cells.all_inner_texts()]


def files(page: "Page") -> list[str]:
    return column(page, 10)


def shown(page: "Page") -> str:
    return page.locator("#shown").inner_text()


def test_the_filters_of_the_table(page: "Page") -> None:
    assert shown(page) == "8 of 8 stems"
    page.select_option("[name=class]", "drums")
    assert column(page, 3) == ["drums", "drums"]
    page.select_option("[name=result]", "right")
    assert column(page, 3) == []
    page.select_option("[name=class]", "")
    assert column(page, 2) == ["✓ right", "✓ right"]
    page.select_option("[name=result]", "")
    page.fill("[name=search]", "ALERT(1)")
    assert column(page, 5) == [EVIL]
    assert shown(page) == "1 of 8 stems"
    page.get_by_role("button", name="Show all").click()
    assert shown(page) == "8 of 8 stems"
    assert page.url.endswith("report.html")


def test_a_cell_of_the_matrix_shows_its_stems(page: "Page") -> None:
    row = page.locator(".matrix tbody tr", has=page.locator("th", has_text="vocals"))
    assert row.locator("td a .count").all_inner_texts() == ["1", "1", "1"]
    page.locator(".matrix a[href='#class=vocals&proposed=other']").click()
    assert page.url.endswith("#class=vocals&proposed=other")
    assert (column(page, 3), column(page, 4), column(page, 5)) == (
        ["vocals"],
        ["other"],
        ["speech"],
    )
    assert page.evaluate("document.activeElement.id") == "stems"
    page.go_back()
    assert shown(page) == "8 of 8 stems"


def test_each_cell_and_each_mistake_leads_to_as_many_stems_as_it_says(page: "Page") -> None:
    cells = page.locator(".matrix td a")
    mistakes = page.locator("[aria-labelledby=frequent] li a")
    counts = [*cells.locator(".count").all_inner_texts()]
    counts += page.locator("[aria-labelledby=frequent] li b").all_inner_texts()
    for link, count in zip([*cells.all(), *mistakes.all()], counts, strict=True):
        link.click()
        assert shown(page) == f"{count} of 8 stems"
    assert len(counts) >= 10


def test_counts_or_shares(page: "Page") -> None:
    cell = page.locator(".matrix a[href='#class=vocals&proposed=other']")
    assert cell.inner_text() == "1"
    page.get_by_label("shares of the row").check()
    assert cell.inner_text() == "33 %"
    cell.click()
    page.reload()
    assert cell.inner_text() == "33 %"  # also after another view


def test_the_address_holds_the_view(page: "Page", opened: OpenPage) -> None:
    page.locator(".matrix thead a", has_text="other").click()
    page.fill("[name=search]", "speech")
    page.locator("#table th", has_text="score").locator("button").click()
    page.keyboard.press("j")
    before = files(page)
    assert before == ["vocals.wav"]
    page.reload()
    assert (files(page), shown(page)) == (before, "1 of 8 stems")
    assert page.locator("[name=proposed]").input_value() == "other"
    assert page.locator("#table tr[aria-current]").count() == 1
    assert files(opened("#" + page.url.partition("#")[2])) == before


def test_sorting_by_mouse_and_keyboard(page: "Page") -> None:
    heading = page.locator("#table th", has_text="score")
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    scores = column(page, 6)
    assert scores[:2] == ["0.400", "0.500"]
    assert scores[-2:] == ["", ""]  # stems without a score come last
    heading.locator("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert column(page, 6)[:2] == ["0.900", "0.900"]
    assert column(page, 6)[-2:] == ["", ""]
    page.locator("#table th", has_text="class").locator("button").click()
    assert column(page, 3) == sorted(column(page, 3))
    assert heading.get_attribute("aria-sort") == "none"


def is_playing(page: "Page") -> bool:
    return bool(page.locator("audio").evaluate("audio => !audio.paused"))


def test_a_stem_is_played(page: "Page") -> None:
    assert page.locator("#player").is_hidden()
    page.locator("#table a.play").first.click()
    page.locator("audio").evaluate(
        "audio => audio.readyState >= 2 || new Promise(done => { audio.onloadeddata = done })"
    )
    assert page.locator("audio").evaluate("audio => audio.duration") == pytest.approx(PLAYS_S)
    assert page.locator("#playing").inner_text().endswith("bass #1.wav")


def test_the_keys(page: "Page") -> None:
    current = page.locator("#table tr[aria-current]")
    for _ in range(7):
        page.keyboard.press("j")
    assert current.locator("td:nth-child(10)").inner_text() == "bass #1.wav"
    page.keyboard.press("Space")
    assert is_playing(page)
    page.keyboard.press("Space")
    assert not is_playing(page)
    page.keyboard.press("Space")
    page.keyboard.press("j")  # what follows plays on
    assert current.locator("td:nth-child(10)").inner_text() == "bass #2.wav"
    assert is_playing(page)
    assert (
        page.locator("audio").get_attribute("src") == "../audio/D%20%26%20%3C1%3E/bass%20%232.wav"
    )
    page.keyboard.press("k")
    assert current.locator("td:nth-child(10)").inner_text() == "bass #1.wav"
    page.locator("[name=search]").focus()
    page.keyboard.type("jk ")
    assert page.locator("[name=search]").input_value() == "jk "
    page.keyboard.press("Escape")
    assert page.locator("#player").is_hidden()


def test_the_player_is_reached_and_paused_by_keyboard(page: "Page") -> None:
    page.locator("#table a.play").first.press("Enter")
    assert is_playing(page)
    page.locator("#close").focus()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.id") == "pause":
            break
    page.keyboard.press("Enter")
    assert not is_playing(page)
    page.locator(".matrix td a").first.click()  # another view leaves the player as it is
    page.locator("#pause").click()
    assert is_playing(page)


def test_the_comparison_leads_to_its_stems(page: "Page") -> None:
    section = page.locator("[aria-labelledby=comparison]")
    assert section.locator("h2").inner_text() == "r and before"
    assert "right only in r: 1" in section.inner_text()
    section.locator(".gained a").click()
    assert page.url.endswith("#class=bass&change=gained")
    assert shown(page) == "1 of 8 stems"
    assert column(page, 11) == ["drums (drum kit)"]
    page.get_by_role("button", name="Remove the filter changed: gained").click()
    assert shown(page) == "3 of 8 stems"


def test_a_song_leads_to_its_stems(page: "Page") -> None:
    page.locator("#table tr:has-text('drums.wav') a.view").first.click()
    assert page.url.endswith("#song=D%2F1")
    assert shown(page) == "3 of 8 stems"


def test_the_page_works_without_scripts(opened: OpenPage) -> None:
    page = opened(java_script_enabled=False)
    assert page.locator("form").is_hidden()
    assert page.locator("#table").is_hidden()
    assert page.locator("#static tbody tr:visible").count() == 8
    assert page.locator("#static a.play").first.get_attribute("href") is not None
    assert page.locator(".matrix .count:visible").count() == 7
    assert page.locator("svg:visible").count() >= 2


def pages(page: "Page") -> int:
    return page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")


def test_few_pages_are_printed_unless_the_address_says_so(
    tmp_path: Path, report: Path, opened: OpenPage
) -> None:
    labels = [f"instrument_{number}" for number in range(30)]
    rows = [
        Row(label, f"D/{song}/{label}.wav", "drum kit", labels[(place + song % 3) % 30])
        for song in range(50)
        for place, label in enumerate(labels)
    ]
    run = SavedRun(tmp_path / "r.csv", rows)
    report.write_text(render(run, find(run), tmp_path), "utf-8")
    page = opened(viewport={"width": 1032, "height": 700})  # A4 without its margins
    assert 3 <= pages(page) <= PAGES_AT_MOST
    page.emulate_media(media="print")
    assert page.locator("#static tbody tr:visible").count() == 100
    matrix = page.locator(".matrix").bounding_box()
    assert matrix is not None
    assert matrix["x"] + matrix["width"] <= 1032
    assert matrix["height"] <= 700
    page.goto(report.as_uri() + "#print=shown")
    page.reload()
    assert pages(page) > 2 * PAGES_AT_MOST
    assert page.locator("#static tbody tr").count() == len(rows)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["", "#class=vocals&matrix=shares&stem=2&sort=-score"])
def test_nothing_serious_keeps_people_out(opened: OpenPage, scheme: str, state: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(state, color_scheme=scheme)
    page.locator("a.play").last.evaluate("link => link.click()")  # the player is open
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_nothing_is_cut_on_a_phone(opened: OpenPage) -> None:
    page = opened(viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    play = page.locator("#table a.play").first
    play.scroll_into_view_if_needed()
    page.locator("#scroll").evaluate("box => { box.scrollLeft = 400 }")
    box = play.bounding_box()
    assert box is not None
    assert 0 <= box["x"] < box["x"] + box["width"] <= PHONE["width"]
    play.click()
    assert is_playing(page)


def test_only_the_rows_that_can_be_seen_are_in_the_page(
    tmp_path: Path, report: Path, opened: OpenPage
) -> None:
    rows = [Row("bass", f"D/{song}/bass.wav", "bass guitar", "bass") for song in range(5000)]
    run = SavedRun(tmp_path / "r.csv", rows)
    report.write_text(render(run, find(run), tmp_path), "utf-8")
    page = opened()
    assert 5 < len(files(page)) < 60
    page.locator("#scroll").evaluate("box => { box.scrollTop = box.scrollHeight }")
    page.locator("#table tr[aria-rowindex='5001']").wait_for()
    page.goto(report.as_uri() + "#stem=2500")
    page.reload()
    page.locator("#table tr[aria-current]").wait_for()
    assert page.locator("#table tr[aria-current]").get_attribute("aria-rowindex") == "2502"
