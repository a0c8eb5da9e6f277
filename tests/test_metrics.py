import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from AST.metrics import Accuracy, accuracy, accuracy_report, normalised
from AST.results import Row

RIGHT = Row(" Bass", "a.wav", "bass guitar", "bass ")
WRONG = Row("drums", "b.wav", "tick", "other")


def test_case_and_blanks_are_ignored() -> None:
    assert accuracy([RIGHT, WRONG, WRONG]) == Accuracy(1, 3)


@given(st.text() | st.text("\u0345\u0301\u1fb3\u01f0eE"))
def test_forms_of_accents_are_ignored(label: str) -> None:
    assert normalised(unicodedata.normalize("NFC", label)) == normalised(label)
    assert normalised(unicodedata.normalize("NFD", label)) == normalised(label)


def test_an_accent_still_counts() -> None:
    assert accuracy([Row("fl\u00fcgel", "a.wav", "", "Flu\u0308gel")]) == Accuracy(1, 1)
    assert accuracy([Row("fl\u00fcgel", "a.wav", "", "flugel")]) == Accuracy(0, 1)


def test_report_lists_each_mismatch() -> None:
    assert accuracy_report([RIGHT, WRONG]).splitlines() == [
        "Accuracy: 50.00% (1/2 matches)",
        "",
        "Mismatches:",
        "- File: b.wav",
        "  Expected label: drums",
        "  Predicted label: tick",
        "  Proposed label: other",
    ]


def test_report_says_when_there_is_no_mismatch() -> None:
    assert accuracy_report([RIGHT]) == "Accuracy: 100.00% (1/1 matches)\n\nNo mismatches found."


def test_accuracy_without_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        accuracy([])
