"""A report in Chromium: how long it takes, and what axe-core finds that keeps people out."""

import shutil
from pathlib import Path

FIRST_ROW = "#table tbody tr:not(.space)"
ACTIONS = {
    "sort s": [
        f"document.querySelector('#table [data-sort={column}] button').click()"
        for column in ("class", "prediction", "score", "song", "file")
    ],
    "filter s": [
        "state.change({ class: stems.columns.class(0) })",
        "state.change({ class: '', result: 'wrong' })",
        "state.change({ result: '', search: 'e1' })",
    ],
}
"""What is measured, and the script of each step. The slowest step counts."""
SERIOUS = ("serious", "critical")
"""The two highest of axe-core's four impacts."""
TIMED = """action => new Promise((done) => {
  const start = performance.now();
  eval(action);
  requestAnimationFrame(() => setTimeout(() => done((performance.now() - start) / 1000)));
})"""
"""Ends when the browser has drawn what the action changed."""


def figures_in_chromium(report: Path) -> dict[str, float]:
    """Seconds until the page shows its first stems, of the slowest sort and filter; axe's counts.

    Empty on a machine without Chromium.
    """
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(report.resolve().as_uri(), wait_until="commit")
        page.locator(FIRST_ROW).first.wait_for()
        # From the start of the navigation until now.
        found = {"ready s": float(page.evaluate("performance.now() / 1000"))}
        for name, actions in ACTIONS.items():
            found[name] = max(float(page.evaluate(TIMED, action)) for action in actions)
        axe = Axe().run(page).response
        found["axe rules passed"] = len(axe["passes"])
        found["axe serious"] = sum(one["impact"] in SERIOUS for one in axe["violations"])
        browser.close()
    return found
