"""Imports go one way: down the list of doc/layout.md, never up, and in no circle."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import ROOT

USES = {
    "hiaudio": {"recognition", "audio"},
    "commands": {"run", "explain", "recognition", "evaluation", "verification", "datasets"},
    "verification": {"engines", "recognition", "tagger", "speech", "audio", "datasets"},
    "run": {"engines", "datasets"},
    "engines": {"recognition", "tagger", "speech", "audio", "datasets"},
    "explain": {"recognition", "tagger", "speech", "audio"},
    "recognition": {"tagger", "speech", "audio"},
    "evaluation": set(),
    "datasets": set(),
    "tagger": {"audio"},
    "speech": {"audio"},
    "audio": set(),
    "weights": {"process"},
    "process": set(),
}
"""Which other rooms a room may import. Every room may import the single files of AST/, too."""
FOR_ALL = {"weights", "process"}
"""Rooms that every other module may import."""
ROOMS_OF_EVALUATION = (
    *("report", "export", "several_runs", "dictionaries", "windows", "instruments", "scores"),
    *("accuracy", "statistics", "files"),
)
"""A room in evaluation/ may import those that come after it."""
OVER_FINDINGS = ("report", "export")
FINDINGS = {"findings", "text", "class_text", "summary", "json_head"}
"""Files of evaluation/ that only the rooms over them may import."""
ABOVE_THE_ROOMS = {"AST.list_labels"}
"""Single files that nothing in AST/ may import."""
LAZY = {"AST/__init__.py"}
"""It names the Python interface; it imports it only when it is used."""


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, also inside functions; packages with the name taken."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "AST" and len(parts) > 1 and parts[1] in USES else None


@pytest.mark.parametrize("path", sorted((ROOT / "AST").rglob("*.py")), ids=lambda path: path.name)
def test_a_module_imports_only_what_is_below_it(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    if name in LAZY:
        return
    own_room = room_of(name.removesuffix(".py").replace("/", "."))
    may_use = {own_room} | (USES[own_room] if own_room else set())
    may_use |= set() if own_room in FOR_ALL else FOR_ALL
    for module in imported(path):
        assert module.split(".")[0] not in ("bench", "synthetic", "tests", "doc"), module
        assert not any(module.startswith(above) for above in ABOVE_THE_ROOMS), module
        assert room_of(module) in {None, *may_use}, f"{name} imports {module}"


@pytest.mark.parametrize("place", range(len(ROOMS_OF_EVALUATION)), ids=ROOMS_OF_EVALUATION)
def test_rooms_of_evaluation_import_those_below(place: int) -> None:
    above = ROOMS_OF_EVALUATION[:place]
    for path in (ROOT / "AST" / "evaluation" / ROOMS_OF_EVALUATION[place]).glob("*.py"):
        names = [module.split(".") for module in imported(path)]
        rooms = {parts[2] for parts in names if parts[:2] == ["AST", "evaluation"]}
        assert rooms.isdisjoint(above), path
        assert ROOMS_OF_EVALUATION[place] in OVER_FINDINGS or rooms.isdisjoint(FINDINGS), path


def test_every_room_is_in_the_list() -> None:
    def rooms_in(folder: Path) -> set[str]:
        return {path.parent.name for path in folder.glob("*/__init__.py")}

    assert rooms_in(ROOT / "AST") == set(USES)
    assert rooms_in(ROOT / "AST" / "evaluation") == set(ROOMS_OF_EVALUATION)
