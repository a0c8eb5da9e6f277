"""Shares of a run: several machines each analyse one, and merging joins their results."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from AST.errors import UsageError

Item = TypeVar("Item")
SHARD, NUMBER, OF = "shard", "number", "of"
"""The key in the identity of a shard, and keys below it."""


@dataclass(frozen=True)
class Shard:
    """One of several shares of a run, which are as equal as batches allow.

    Attributes:
        number: From 1.
        of: How many there are.

    Raises:
        UsageError: There is no such share.
    """

    number: int
    of: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of:
            raise UsageError(f"shard {self}: expected K/N, such as 3/16, with K from 1 to N")

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def share(self, batches: Sequence[Item], batch_size: int) -> Sequence[Item]:
        """The batches of this shard. All shards together have each batch once, in order.

        Raises:
            UsageError: A shard would be empty.

        >>> [Shard(number, 3).share("abcd", batch_size=1) for number in (1, 2, 3)]
        ['a', 'b', 'cd']
        """
        count = len(batches)
        if self.of > count:
            raise UsageError(
                f"shard {self}: the stems are {count} batches (batch size {batch_size}), so there "
                f"can be {count} shards at most"
            )
        return batches[count * (self.number - 1) // self.of : count * self.number // self.of]

    def output(self, whole: Path) -> Path:
        """The results file of this shard.

        Args:
            whole: The results file of the whole run.

        >>> Shard(3, 16).output(Path("results.csv")).name
        'results.3-of-16.csv'
        """
        return whole.with_name(f"{whole.stem}.{self.number}-of-{self.of}{whole.suffix}")

    def identity(self, batch_size: int) -> dict[str, Any]:
        """What the identity of a run says about its share."""
        return {NUMBER: self.number, OF: self.of, "batch_size": batch_size}


def shard_of(text: str) -> Shard:
    """An argparse type: ``K/N``.

    >>> shard_of("3/16")
    Shard(number=3, of=16)
    """
    if not (found := re.fullmatch("([0-9]{1,9})/([0-9]{1,9})", text)):
        raise argparse.ArgumentTypeError(f"{text!r}: expected K/N, such as 3/16")
    try:
        return Shard(int(found[1]), int(found[2]))
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
