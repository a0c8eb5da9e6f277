"""Whether some results files are all shards of one run, and in which order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from AST.errors import UsageError
from AST.run.finished import Finished, reading
from AST.run.merged_record import merged_record
from AST.run.shards import NUMBER, OF, SHARD
from AST.run.side_files import tie_of_run
from AST.run_id import tie_in


def in_order(files: Sequence[Finished]) -> list[Finished]:
    """The shards of one run, from the first stem to the last.

    Raises:
        UsageError: A file is not a shard, not as its run wrote it, of another run or there twice,
            or a shard is missing.
    """
    shard_of_number: dict[int, Finished] = {}
    for file in files:
        _check(file)
        _check_same_run(file, files[0])
        number = file.identity[SHARD][NUMBER]
        first = shard_of_number.setdefault(number, file)
        if first is not file:
            raise UsageError(
                f"{file.output}: shard {number}, as {first.output} is; give each shard once"
            )
    _check_speech_backend(files)
    count = files[0].identity[SHARD][OF]
    if missing := [str(number) for number in range(1, count + 1) if number not in shard_of_number]:
        raise UsageError(
            f"no shard {', '.join(missing)} of {count} is among the files; start the same command "
            f"with --shard {missing[0]}/{count} (one that was stopped continues), and give its file"
        )
    return [shard_of_number[number] for number in sorted(shard_of_number)]


def _check(file: Finished) -> None:
    if SHARD not in file.identity:
        raise UsageError(f"{file.output}: not a shard; expected what a run with --shard K/N wrote")
    if tie_of_run(file.identity, file.rows, file.arrays) != tie_in(file.record):
        raise UsageError(
            f"{file.output}: its scores or its record are not as the run wrote them (edited, "
            "relabelled or of another version); give the shard itself, and relabel what is merged"
        )
    with reading(file.output):  # a record that fits alone also fits with others
        merged_record([file.record], file.rows)


def _check_same_run(file: Finished, other: Finished) -> None:
    facts, expected = dict(_facts(file.identity)), dict(_facts(other.identity))
    names = dict.fromkeys([*facts, *expected])
    if different := [name for name in names if facts.get(name) != expected.get(name)]:
        raise UsageError(
            f"{file.output}: another {', '.join(different)} than {other.output}; all shards need "
            "the same; analyse the stems of one of them again"
        )


def _check_speech_backend(files: Sequence[Finished]) -> None:
    """With ``auto`` it is decided on each machine, so the identity does not have it."""
    known: dict[str, Finished] = {}
    for file in files:
        backend = file.record["settings"].get("speech_model_ran_in")
        if backend is not None:  # nothing was left to do for a run that was stopped at its end
            known.setdefault(backend, file)
    if len(known) > 1:
        where = " and ".join(f"in {name} for {file.output}" for name, file in known.items())
        raise UsageError(
            f"the speech model ran {where}; start all shards again with the same --speech-backend"
        )


def _facts(identity: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What must be the same in all shards, by name."""
    for key, value in identity.items():
        if not isinstance(value, dict):
            yield key, value
            continue
        for name, inner in value.items():
            if (key, name) != (SHARD, NUMBER):
                yield f"{key}.{name}", inner
