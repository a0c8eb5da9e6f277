"""The figures of windows as text."""

from AST.evaluation.layout import (
    LONGEST_NAME,
    defined,
    percent,
    range_of,
    share_range,
    shortened,
    table,
    wrapped,
)
from AST.evaluation.windows.figures import HeardAccuracy, WindowFigures

POOLS = {
    "mean": "the mean of their scores",
    "max": "the highest of their scores",
    "vote": "the votes of their best names",
}
"""How windows become a stem, in words."""


def windows_text(windows: WindowFigures) -> list[str]:
    """Accuracy against seconds heard, by class, and the agreement of the windows."""
    first, last = windows.heard[0], windows.heard[-1]
    classes = [
        [
            shortened(before.label, LONGEST_NAME),
            str(before.support),
            *(f"{before.recall:.3f}", share_range(before.recall_interval)),
            *(f"{now.recall:.3f}", share_range(now.recall_interval)),
        ]
        for before, now in zip(first.classes, last.classes, strict=True)
    ]
    heads = ["windows", "seconds", "stems", "accuracy", "95 %", "gain", "95 %"]
    return [
        "Accuracy against seconds heard:",
        *table([heads, *(_heard(one, windows) for one in windows.heard)]),
        *wrapped(about_windows(windows)),
        *defined({"heard": "Accuracy"}),
        "",
        *table([["class", "stems", "1 window", "95 %", "all", "95 %"], *classes]),
        "",
        *wrapped(agreement_text(windows)),
        *(defined({"agreement": "Agreement"}) if windows.agreement.stems else []),
    ]


def about_windows(windows: WindowFigures) -> str:
    """What the windows are, in one sentence."""
    return (
        f"{windows.windows} windows of {windows.window_s:g} s, one every {windows.hop_s:g} s of "
        f"the sound of {windows.stems} stems; a stem's scores are {POOLS[windows.pool]}. Stems: "
        "how many have as many windows; the others use all they have. Gain: in percentage points "
        "over the first window."
    )


def name_of(one: HeardAccuracy, windows: WindowFigures) -> str:
    """What the first windows are called: the first one is the study's, the last number is all."""
    if one.windows == 1:
        return "1 (study)"
    return f"{one.windows} (all)" if one is windows.heard[-1] else str(one.windows)


def agreement_text(windows: WindowFigures) -> str:
    """The agreement of all stems, and of right and wrong ones."""
    found = windows.agreement
    if not found.stems:
        return "Agreement of windows: no stem that AST decided has two windows."
    return (
        f"Agreement of windows: {percent(found.mean)} in the mean of {found.stems} stems with two "
        f"windows or more; of the right ones ({found.right}) {percent(found.of_right)}, of the "
        f"wrong ones ({found.stems - found.right}) {percent(found.of_wrong)}. Left out, because "
        f"the speech model decided them: {found.speech_decisions}."
    )


def windows_line(windows: WindowFigures) -> str:
    """The most important of it in one line."""
    first, last = windows.heard[0], windows.heard[-1]
    return (
        f"Windows: first {first.accuracy_percent:.2f} %, all (up to {last.windows}) "
        f"{last.accuracy_percent:.2f} %; agreement {percent(windows.agreement.mean)}"
    )


def _heard(one: HeardAccuracy, windows: WindowFigures) -> list[str]:
    gain = ["", ""]
    if one.gain_percent is not None:
        gain = [f"{one.gain_percent:+.2f}", "-"]
        if found := one.gain_interval:
            gain[1] = f"{found.low_percent:+.1f} to {found.high_percent:+.1f}"  # fits 80 columns
    return [
        name_of(one, windows),
        f"{one.heard_s:.1f}",
        str(one.stems),
        f"{one.accuracy_percent:.2f} %",
        range_of(one.interval) if one.interval else "-",
        *gain,
    ]
