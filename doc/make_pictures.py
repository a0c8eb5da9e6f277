"""Makes the pictures in this folder from the demo's results: ``make doc``. It needs Chromium."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import analyze_moisesdb
import computeaccuracy
import explain
import relabel
from AST.command_line import EXIT_OK, exit_code
from AST.errors import UsageError
from AST.evaluation.export.figure import saved
from AST.evaluation.export.figures import runs_figure, windows_figure
from AST.evaluation.files.saved_run import read_run
from AST.evaluation.several_runs.figures import compare_runs
from AST.evaluation.windows.figures import window_figures
from AST.results import RUN_RECORD, SCORES, beside, read_rows
from doc.fitting import check_figures, check_results, write_made_of
from doc.terminal import terminal_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
RESULTS = Path("build/demo/results_moises.csv")
SONGS = Path("demo/moisesdb")
"""As seen from the repository's root, so that no picture shows a folder of this machine."""
WRONG = "guitar/1e257db3-86ac-5514-97d0-d77258f832bf.mp3"
"""A guitar of the demo that the small model takes for a mandolin."""
CHANGING = "wind/842f5cac-50ea-53df-a1fe-d15f2823b484.mp3"
"""A trumpet. Its last window, which is short, it takes for a harmonica."""
SEVERAL_WINDOWS = ["--windows", "all", "--hop-s", "2.56"]
STRICT_LABELS = Path("demo/strict_labels.toml")
VIEW = {"width": 1280, "height": 1500}
OUTPUT_OF_RUN = "analysis"
COMMANDS = {
    OUTPUT_OF_RUN: ["analyze_dsd100.py", "demo/DSD100", "--model", "tiny", "--verbose"],
    "list_labels": ["AST/list_labels.py", str(RESULTS)],
    "accuracy": ["computeaccuracy.py", str(RESULTS)],
}
"""What ``output_NAME.png`` shows."""


def picture_report(browser: "Browser", folder: Path) -> None:
    """The report's first screen, and its confusion matrix.

    Raises:
        UsageError: The report cannot be written.
    """
    report = folder / "report.html"
    if computeaccuracy.main([str(RESULTS), "--report", str(report)]) != EXIT_OK:
        raise UsageError(f"{RESULTS}: no report of it; start this in the repository's root")
    page = browser.new_page(viewport=VIEW)  # type: ignore[arg-type]
    page.goto(report.as_uri())
    page.screenshot(path=FOLDER / "report.png")
    page.locator("table.matrix").screenshot(path=FOLDER / "confusion_matrix.png")


def picture_terminals(browser: "Browser", folder: Path) -> None:
    """What three commands print."""
    page = browser.new_page(viewport=VIEW)  # type: ignore[arg-type]
    for name, arguments in COMMANDS.items():
        output = [f"--output={folder / 'r.csv'}"] if name == OUTPUT_OF_RUN else []
        page.set_content(terminal_page([*arguments, *output], hidden=len(output)))
        page.locator("#terminal").screenshot(path=FOLDER / f"output_{name}.png")


def picture_explanations() -> int:
    """The explanation of a wrong prediction, and scores over time. Returns the exit code."""
    codes = []
    for name, ending, flags in (
        ("explanation", WRONG, []),
        ("explanation_windows", CHANGING, SEVERAL_WINDOWS),
    ):
        [stem] = SONGS.rglob(ending)
        output = str(FOLDER / f"{name}.png")
        codes.append(explain.main([str(stem), "--model", "tiny", *flags, "--output", output]))
    return max(codes)


def picture_comparison(folder: Path) -> None:
    """Three runs: the demo's, the same in bf16, and the demo's with another label dictionary.

    Raises:
        UsageError: A run cannot be made.
    """
    fp32, bf16, strict = (folder / f"{name}.csv" for name in ("fp32", "bf16", "strict"))
    shutil.copy(RESULTS, fp32)
    for kind in (SCORES, RUN_RECORD):
        shutil.copy(beside(RESULTS, kind), beside(fp32, kind))
    tiny = [str(SONGS), "--model", "tiny", "--precision", "bf16", "--output", str(bf16)]
    relabelling = [str(fp32), "--labels", str(STRICT_LABELS), "--output", str(strict)]
    if any((analyze_moisesdb.main(tiny), relabel.main(relabelling))):
        raise UsageError(f"{bf16} or {strict}: not made; the lines above say why")
    several = compare_runs([read_run(file, read_rows(file)) for file in (fp32, bf16, strict)])
    (FOLDER / "comparison.png").write_bytes(saved(runs_figure(several), "png"))


def picture_windows(folder: Path) -> None:
    """The accuracy against seconds heard.

    Raises:
        UsageError: The run cannot be made.
    """
    results = folder / "windows.csv"
    run = [str(SONGS), "--model", "tiny", *SEVERAL_WINDOWS, "--output", str(results)]
    if analyze_moisesdb.main(run):
        raise UsageError(f"{results}: not made; the lines above say why")
    figures = window_figures(read_run(results, read_rows(results)))
    if figures is None:
        raise UsageError(f"{results}: no windows beside it")
    (FOLDER / "windows.png").write_bytes(saved(windows_figure(figures), "png"))


def make() -> int:
    """Makes all pictures. Returns the exit code.

    Raises:
        UsageError: This machine has no Chromium, or figures, results and models do not fit.
    """
    from playwright.sync_api import sync_playwright

    check_figures(ROOT)
    check_results(ROOT)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise UsageError("this machine has no chromium; install it, for example with apt")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        picture_report(browser, Path(name))
        picture_terminals(browser, Path(name))
        browser.close()
        picture_comparison(Path(name))
        picture_windows(Path(name))
    code = picture_explanations()
    if code == EXIT_OK:
        write_made_of(ROOT)
    return code


if __name__ == "__main__":
    sys.exit(exit_code(make))
