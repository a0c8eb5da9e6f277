import pytest

from AST.metrics import Accuracy, accuracy, accuracy_report
from AST.results import Row

RIGHT = Row(" Bass", "a.wav", "bass guitar", "bass ")
WRONG = Row("drums", "b.wav", "tick", "other")


def test_case_and_blanks_are_ignored() -> None:
    assert accuracy([RIGHT, WRONG, WRONG]) == Accuracy(1, 3)


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
