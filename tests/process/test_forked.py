import os

import pytest

from AST.errors import UsageError
from AST.process.forked import OwnProcess


def test_only_the_process_itself_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    process = OwnProcess("device cuda:0")
    process.check()
    monkeypatch.setattr(os, "getpid", lambda: 1)
    with pytest.raises(UsageError, match=r"device cuda:0 .* forked .*; load the models in each"):
        process.check()
