"""The pictures in this folder, from the demo's results: ``make doc``. It needs Chromium."""

import shutil
import sys
import tempfile
from pathlib import Path

import computeaccuracy
import explain
from AST.command_line import EXIT_OK, exit_code
from AST.errors import UsageError

FOLDER = Path(__file__).parent
RESULTS = Path("results_moises.csv")
SONGS = Path("demo/moisesdb")
"""Seen from the repository's root: the pictures are to hold no folder of this machine."""
MISTAKEN = "guitar/1e257db3-86ac-5514-97d0-d77258f832bf.mp3"
"""A guitar of the demo that the small model takes for a mandolin."""
VIEW = {"width": 1280, "height": 1500}


def picture_report(folder: Path) -> None:
    """The report's first screen, and its confusion matrix.

    Raises:
        UsageError: There is no Chromium.
    """
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise UsageError("no chromium on this machine; install it, such as by apt")
    report = folder / "report.html"
    if computeaccuracy.main([str(RESULTS), "--report", str(report)]) != EXIT_OK:
        raise UsageError(f"{RESULTS}: no report of it; start this in the repository's root")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=VIEW)  # type: ignore[arg-type]
        page.goto(report.as_uri())
        page.screenshot(path=FOLDER / "report.png")
        page.locator("table.matrix").screenshot(path=FOLDER / "confusion_matrix.png")
        browser.close()


def make() -> int:
    """Draws all pictures anew. Returns the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        picture_report(Path(folder))
    [mistaken] = SONGS.rglob(MISTAKEN)
    output = FOLDER / "explanation.png"
    return explain.main([str(mistaken), "--model", "tiny", "--output", str(output)])


if __name__ == "__main__":
    sys.exit(exit_code(make))
