"""Which stems of a folder a run analyses, and what it says about them at its start."""

from collections.abc import Sequence
from pathlib import Path

from AST.datasets.copies import without_copies
from AST.datasets.dataset import Dataset
from AST.datasets.fitting import check_classes
from AST.datasets.stem import Found, Stem
from AST.errors import UsageError
from AST.published_runs import missing_stems
from AST.run.progress import Progress

COPIES = "copies of other stems"
ERRATA = "stems with a known erratum"
"""Reasons to leave stems out."""
MISSING_SHOWN = 3
"""How many missing stems a warning names."""


def select_stems(
    dataset: Dataset,
    folder: Path,
    progress: Progress,
    keep_duplicates: bool = False,
    exclude_errata: bool = False,
) -> Found:
    """Finds the stems of a folder, without copies, and says what was found.

    Args:
        keep_duplicates: Whether copies of stems are stems too.
        exclude_errata: Whether stems with a known erratum are left out.

    Raises:
        UsageError: The folder cannot be read, has no stems, or holds another dataset.
    """
    found = dataset.find(folder)
    check_classes(dataset, folder, found.stems)
    stems = found.stems
    copies: list[tuple[Stem, Stem]] = []
    left_out = dict(found.left_out)
    if not keep_duplicates:
        stems, copies = without_copies(stems)
        left_out |= {COPIES: len(copies)} if copies else {}
    errata = [stem for stem in stems if stem.erratum]
    if exclude_errata and errata:
        stems = [stem for stem in stems if not stem.erratum]
        left_out[ERRATA] = len(errata)
        if not stems:
            raise UsageError(f"{folder}: every stem has a known erratum; omit --exclude-errata")
    missing = found.missing or missing_stems(dataset.name, (stem.path_text for stem in found.stems))
    whole = dataset.stem_count or len(found.stems) + len(missing)
    found = Found(stems, left_out, missing)
    for line in _lines_about(dataset, found, whole):
        progress.say(line)
    if copies:
        progress.say(_about_copies(copies))
    if errata and not exclude_errata:
        progress.say(_about_errata(errata))
    return found


def _about_errata(errata: Sequence[Stem]) -> str:
    return (
        f"warning: stems with a known erratum: {len(errata)}, such as {errata[0].path_text} "
        f"({errata[0].erratum}); --exclude-errata leaves them out"
    )


def _about_copies(copies: Sequence[tuple[Stem, Stem]]) -> str:
    copy, original = copies[0]
    return (
        f"warning: stems that are here twice are counted once: {len(copies)}, such as "
        f"{copy.path_text}, a copy of {original.path_text}; --keep-duplicates counts both"
    )


def _lines_about(dataset: Dataset, found: Found, whole: int) -> list[str]:
    count, songs = len(found.stems), len({stem.song for stem in found.stems})
    reasons = ", ".join(f"{reason}: {number}" for reason, number in found.left_out.items())
    lines = [f"{dataset.name}: {count} stems of {songs} songs; left out: {reasons or 'nothing'}"]
    lines += _about_missing(found, whole) or _about_whole(dataset, count, songs)
    if unknown := dataset.unknown_labels(found.stems):
        lines.append(
            f"warning: {dataset.name} has no class {', '.join(unknown[:5])}: stems with such a "
            "label cannot be right"
        )
    if strange := dataset.unknown_instruments(found.stems):
        lines.append(
            f"warning: no AudioSet names are known for the instruments {', '.join(strange[:5])}: "
            "such stems are in no figure of instruments"
        )
    return lines


def _about_missing(found: Found, whole: int) -> list[str]:
    """Which stems are missing.

    Args:
        whole: Number of stems that should be there.
    """
    if not found.missing:
        return []
    missing = len(found.missing)
    listed = ", ".join(found.missing[:MISSING_SHOWN]) + (", …" if missing > MISSING_SHOWN else "")
    return [f"warning: {whole - missing} of {whole} stems; missing: {listed}"]


def _about_whole(dataset: Dataset, stems: int, songs: int) -> list[str]:
    """Whether this is the whole dataset, by its number of stems or, without that, of songs."""
    if dataset.stem_count is not None:
        whole, here, counts = f"{dataset.stem_count} stems", stems, [dataset.stem_count]
    else:
        whole, here, counts = dataset.songs_text, songs, [*dataset.song_counts.values()]
    if not counts or here in counts:
        return []
    return [f"warning: the whole of {dataset.name} has {whole}; the figures are of these {here}"]
