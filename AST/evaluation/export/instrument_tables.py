"""The tables of the figures at the level of the instrument."""

from collections.abc import Sequence

from AST.evaluation.export.table import PERCENT_OF_SHARE, Column, Ranged, Rows, Table, ranged
from AST.evaluation.instruments.figures import InstrumentFigures, InstrumentFindings
from AST.evaluation.instruments.levels import Share
from AST.evaluation.instruments.text import LEVEL_NAMES, apart_text, share_of


def instrument_tables(found: InstrumentFindings) -> list[Table]:
    """Three levels, each instrument, what hides behind the classes, and the predictions."""
    return [_levels(found), _instruments(found.instruments), _hidden(found), _predictions(found)]


def _levels(found: InstrumentFindings) -> Table:
    groups = {"exact": found.with_exact_name, "broader only": found.with_broader_name}
    rows: Rows = [
        [name, level, share.matches, share.total, _ranged(share)]
        for name, levels in groups.items()
        if levels
        for key, level in LEVEL_NAMES.items()
        if (share := getattr(levels, key))
    ]
    return Table(
        "instrument_levels",
        f"Right stems at three levels, with 95 % intervals by songs. {apart_text(found)}",
        [
            *map(Column, ("AudioSet names", "level", "right", "stems")),
            Column("share", is_ranged=True),
        ],
        rows,
    )


def _instruments(instruments: Sequence[InstrumentFigures]) -> Table:
    rows: Rows = [
        [
            one.class_name,
            one.instrument,
            "yes" if one.is_uncertain else "no",
            one.stems,
            *(_ranged(getattr(one.right, key)) for key in LEVEL_NAMES),
        ]
        for one in instruments
    ]
    return Table(
        "instruments",
        "Right stems of each instrument, with 95 % intervals by songs: the class, and the "
        "instrument, strict (an exact AudioSet name) and lenient (or a broader one). In doubt: "
        "which names fit it.",
        [
            *map(Column, ("class", "instrument", "in doubt", "stems")),
            *(Column(level, 2, is_ranged=True) for level in LEVEL_NAMES.values()),
        ],
        rows,
    )


def _hidden(found: InstrumentFindings) -> Table:
    rows: Rows = []
    for one in found.hidden:
        rows += [
            [own.class_name, own.instrument, own.mistakes, own.mistakes_right_strictly]
            for own in found.instruments
            if own.class_name == one.class_name
        ]
        if one.mistakes_without_instrument:
            rows.append([one.class_name, "(not known)", one.mistakes_without_instrument, None])
        rows.append([one.class_name, "all", one.mistakes, one.mistakes_right_strictly])
    return Table(
        "hidden_instruments",
        "The instruments behind the mistakes of each class with two or more instruments, and how "
        "many of these mistakes are strictly right at the level of the instrument.",
        [*map(Column, ("class", "instrument", "mistakes", "strictly right"))],
        rows,
    )


def _predictions(found: InstrumentFindings) -> Table:
    names = found.prediction_names
    rows: Rows = [
        [one.class_name, one.instrument, *(one.predictions.get(name, 0) for name in names)]
        for one in found.instruments
    ]
    return Table(
        "instrument_predictions",
        "Stems by instrument (rows) and prediction (columns), the most frequent prediction first.",
        [*map(Column, ("class", "instrument")), *(Column(name, is_turned=True) for name in names)],
        rows,
    )


def _ranged(share: Share | None) -> Ranged:
    interval = None if share is None else share.interval
    return ranged(share_of(share), interval, PERCENT_OF_SHARE)
