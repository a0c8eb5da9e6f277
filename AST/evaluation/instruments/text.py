"""The figures at the level of the instrument, as text."""

import itertools

from AST.evaluation.instruments.figures import InstrumentFigures, InstrumentFindings
from AST.evaluation.instruments.levels import Levels, Share
from AST.evaluation.layout import (
    INDENT,
    WIDTH,
    defined,
    percent,
    range_of,
    share_range,
    shortened,
    table,
    wrapped,
)

LONGEST_INSTRUMENT = 21
PREDICTIONS_SHOWN = 3
UNCERTAIN = "?"
LEVEL_NAMES = {"class_right": "class", "strict_right": "strict", "lenient_right": "lenient"}


def instruments_text(found: InstrumentFindings) -> list[str]:
    """Right stems at three levels, instrument by instrument, and what the classes hide."""
    return [
        *(_three_levels(found.with_exact_name) if found.with_exact_name else []),
        *wrapped(apart_text(found)),
        "",
        *_behind_classes(found),
        "",
        "Most frequent predictions of each instrument:",
        *map(_predictions, found.instruments),
    ]


def levels_line(levels: Levels) -> str:
    """The accuracy at each level, in one line."""
    parts = [
        f"{name} {percent(share_of(share))}"
        for key, name in LEVEL_NAMES.items()
        for share in [getattr(levels, key)]
    ]
    return f"{', '.join(parts)} of {levels.class_right.total} stems"


def _three_levels(levels: Levels) -> list[str]:
    rows = [
        [name, f"{share.matches} of {share.total}", percent(share_of(share)), interval]
        for key, name in LEVEL_NAMES.items()
        for share in [getattr(levels, key)]
        for interval in [range_of(share.interval) if share.interval else "-"]
    ]
    return [
        "Right at three levels, of the stems whose instrument has an AudioSet name:",
        *table([["level", "right", "share", "95 %"], *rows]),
        *defined({"class_right": "Class", "strict_right": "Strict", "lenient_right": "Lenient"}),
    ]


def apart_text(found: InstrumentFindings) -> str:
    """The stems that are not in the figures of all three levels."""
    parts = []
    if broader := found.with_broader_name:
        lenient = broader.lenient_right.matches if broader.lenient_right else 0
        parts.append(
            f"{broader.class_right.total} whose instrument has broader AudioSet names only "
            f"(class right {broader.class_right.matches}, lenient {lenient})"
        )
    if found.without_name:
        parts.append(f"{found.without_name} whose instrument has no AudioSet name")
    if found.unknown_to_suite:
        parts.append(f"{found.unknown_to_suite} whose instrument this suite does not know")
    if found.without_instrument:
        parts.append(f"{found.without_instrument} whose instrument is not known")
    return f"Stems counted apart: {'; '.join(parts) or 'none'}."


def _behind_classes(found: InstrumentFindings) -> list[str]:
    rows = [["class, instrument", "stems", "class", "95 %", "strict", "lenient", "wrong", "strict"]]
    hidden = {one.class_name: one for one in found.hidden}
    for class_name, own in itertools.groupby(found.instruments, lambda one: one.class_name):
        name = shortened(class_name, LONGEST_INSTRUMENT)
        counts = ["", ""]
        if one := hidden.get(class_name):
            counts = [str(one.mistakes), str(one.mistakes_right_strictly)]
        rows += [[name, *[""] * 5, *counts], *map(_row, own)]
        if one and one.mistakes_without_instrument:
            rows.append([" (not known)", *[""] * 5, str(one.mistakes_without_instrument), ""])
    named = [one.exact for one in found.instruments]
    doubt = any(one.is_uncertain for one in found.instruments)
    return [
        "Which instruments hide behind a class's mistakes:",
        *table(rows),
        *defined({"mistakes_right_strictly": "The last column"}),
        *(["-: no AudioSet name is known for it."] if not all(named) else []),
        *([f"{UNCERTAIN}: people may disagree about its AudioSet names."] if doubt else []),
    ]


def _row(one: InstrumentFigures) -> list[str]:
    mark = UNCERTAIN if one.is_uncertain else ""
    right, strictly = one.right, one.mistakes_right_strictly
    return [
        f" {shortened(one.instrument, LONGEST_INSTRUMENT - 1 - len(mark))}{mark}",
        str(one.stems),
        _number(right.class_right),
        share_range(right.class_right.interval),
        _number(right.strict_right),
        _number(right.lenient_right),
        str(one.mistakes),
        "-" if strictly is None else str(strictly),
    ]


def _predictions(one: InstrumentFigures) -> str:
    counts = [f"{name} {count}" for name, count in one.predictions.items()]
    name = shortened(one.instrument, LONGEST_INSTRUMENT).ljust(LONGEST_INSTRUMENT)
    return shortened(f"{INDENT}{name}{INDENT}{', '.join(counts[:PREDICTIONS_SHOWN])}", WIDTH)


def share_of(share: Share | None) -> float | None:
    """From 0 to 1; None if it is not defined."""
    return None if share is None else share.matches / share.total


def _number(share: Share | None) -> str:
    value = share_of(share)
    return "-" if value is None else f"{value:.3f}"
