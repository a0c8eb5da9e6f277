"""The README's Python example runs."""

import re

import pytest

import AST
from tests.helpers import ROOT


def test_the_python_example_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert example is not None
    assert len(example[1].splitlines()) <= 9
    monkeypatch.chdir(ROOT)
    exec(example[1], {"AST": AST})
    first, second = capsys.readouterr().out.splitlines()
    assert first == "96.77 % of 31 stems, failed: {}"
    assert second.startswith("bass guitar 0.")
