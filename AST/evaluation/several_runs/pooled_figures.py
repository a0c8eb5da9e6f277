"""What each of several pooled files adds, and the songs that they share."""

from collections import Counter
from dataclasses import dataclass
from itertools import islice

from AST.evaluation.files.saved_run import SavedRun
from AST.evaluation.several_runs.figures import run_names
from AST.metrics import is_match
from AST.writing import printable


@dataclass(frozen=True)
class PooledFile:
    """One results file.

    Attributes:
        name: As short as it can be and no other of the files has it.
        accuracy_percent: None for a file without a stem that counts.
        shared_songs: Number of its songs that another of the files has too.
    """

    name: str
    file: str
    stems: int
    matches: int
    accuracy_percent: float | None
    songs: int
    shared_songs: int


@dataclass(frozen=True)
class PooledFiles:
    """Results files whose stems are pooled to one figure.

    Attributes:
        songs: Number of songs in all of them; a song of several files counts once.
        shared_songs: Number of songs that at least two of the files have.
    """

    files: list[PooledFile]
    songs: int
    shared_songs: int


def pooled_files(run: SavedRun) -> PooledFiles | None:
    """What each file adds; None for a run that is not pooled."""
    if len(run.files) < 2:
        return None
    songs_in_order = iter(run.songs)
    songs_of_file = [set(islice(songs_in_order, len(one.rows))) for one in run.files]
    files_of_song = Counter(song for songs in songs_of_file for song in songs)
    shared = {song for song, count in files_of_song.items() if count > 1}
    files = []
    names = run_names([one.file for one in run.files])
    for name, one, songs in zip(names, run.files, songs_of_file, strict=True):
        stems, matches = len(one.rows), sum(map(is_match, one.rows))
        files.append(
            PooledFile(
                name=name,
                file=printable(one.file),
                stems=stems,
                matches=matches,
                accuracy_percent=100 * matches / stems if stems else None,
                songs=len(songs),
                shared_songs=len(songs & shared),
            )
        )
    return PooledFiles(files, len(files_of_song), len(shared))
