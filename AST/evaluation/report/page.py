"""Writes the findings as one HTML page, with a table of stems to filter and to play."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePath
from urllib.parse import urlencode

from AST.evaluation.definitions import DEFINITIONS
from AST.evaluation.dictionaries.text import parts_text, sample_text
from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.findings import Findings
from AST.evaluation.instruments.text import apart_text
from AST.evaluation.layout import probability
from AST.evaluation.report import run_facts
from AST.evaluation.report.stem_lines import confident_mistakes, short, static_lines
from AST.evaluation.report.stem_table import StemTable, stem_table
from AST.evaluation.several_runs.comparison import Comparison
from AST.evaluation.statistics.uncertainty import SONGS_FOR_BOOTSTRAP
from AST.evaluation.windows import plot, text
from AST.metrics import normalised
from AST.writing import visible

TEMPLATES = Path(__file__).with_name("templates")
STYLES = ("colours.css", "page.css", "tables.css", "charts.css", "stems.css", "print.css")
STYLE_OF_WINDOWS = "windows.css"
SCRIPTS = ("data.js", "state.js", "player.js", "row.js", "table.js", "controls.js")


def render(run: SavedRun, findings: Findings, folder: Path) -> str:
    """The page as HTML, for a file in this folder. All text from the results is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    environment.filters["short"] = lambda name: short(visible(name))
    environment.filters["state"] = _state
    table = stem_table(run, folder)
    styles = (*STYLES, STYLE_OF_WINDOWS) if findings.windows else STYLES
    script = _script()
    return environment.get_template("report.html").render(
        findings=findings,
        definitions=DEFINITIONS,
        facts=run_facts.facts(findings, run.record or {}),
        models=run_facts.models(run.record or {}),
        failures=run_facts.remarks(run.record or {}, "failures"),
        warnings=run_facts.remarks(run.record or {}, "warnings"),
        errata=run_facts.remarks(run.record or {}, run_facts.ERRATA),
        details=run_facts.details(run.record or {}),
        names=_run_names(findings),
        table=table,
        stem_count=len(run.rows),
        stems=static_lines(table),
        confident_mistakes=confident_mistakes(table),
        data=Markup(table.as_json(changes=_changes(run, findings.comparison, table))),
        style=Markup("".join(_read("css", name) for name in styles)),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        probability=probability,
        songs_for_bootstrap=SONGS_FOR_BOOTSTRAP,
        apart_text=apart_text,
        sample_text=sample_text,
        parts_text=parts_text,
        windows_text=text,
        windows_plot=plot,
    )


def _state(filters: Mapping[str, object]) -> str:
    """The page's state as its address holds it; state.js reads it."""
    return urlencode({name: visible(str(value)) for name, value in filters.items()})


def _script() -> str:
    parts = [_read("vendor", "virtual-core.min.js"), *(_read("js", name) for name in SCRIPTS)]
    return "\n".join(parts)


def _read(folder: str, name: str) -> str:
    return (TEMPLATES / folder / name).read_text("utf-8")


def _run_names(findings: Findings) -> tuple[str, str]:
    """The names of this run and of the one it is compared with, as short as they can be."""
    if findings.comparison is None:
        return _name(findings.file), ""
    files = findings.file, findings.comparison.against
    names = _name(files[0]), _name(files[1])
    return names if names[0] != names[1] else files


def _name(file: str) -> str:
    return PurePath(file).name.removesuffix(".csv")


def _changes(
    run: SavedRun, comparison: Comparison | None, table: StemTable
) -> dict[int, tuple[int, int, int]]:
    """For each stem with another proposed label: the other run's labels, and 1 if it is gained.

    It is -1 if the stem is lost, and 0 if it is right in neither run. Labels are numbers of texts.
    """
    if comparison is None:
        return {}
    place_of_path = {row.path: place for place, row in enumerate(run.rows)}
    changed = comparison.changed
    predictions = table.texts.numbers(change.other_prediction for change in changed)
    proposed = table.texts.numbers(change.other_proposed_label for change in changed)
    gains = [
        (normalised(change.label) == normalised(change.proposed_label))
        - (normalised(change.label) == normalised(change.other_proposed_label))
        for change in changed
    ]
    labels = zip(predictions, proposed, gains, strict=True)
    places = [place_of_path[change.path] for change in changed]
    return dict(zip(places, labels, strict=True))
