r"""Text from other people's files, so that it cannot pretend to be something else in a page."""

import re

UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters, marks that change the direction of text, and halves of surrogate pairs."""


def visible(text: str) -> str:
    r"""The text with a code in place of each character that one cannot see.

    >>> visible("bass\u202egpm.wav\x1b[2J")
    'bass\\u202egpm.wav\\u001b[2J'
    """
    return UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
