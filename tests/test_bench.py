import json

import pytest

from bench import throughput


def test_throughput_measures_each_part(capsys: pytest.CaptureFixture[str]) -> None:
    assert throughput.main(["--files", "2", "--duration-s", "3", "--size", "smallest"]) == 0
    output = capsys.readouterr()
    figures = json.loads(output.out)
    parts = figures["seconds_per_file"]
    assert set(parts) >= {"decode", "trim", "features", "speech", "ast", "pipeline"}
    assert all(seconds > 0 for seconds in parts.values())
    assert "pipeline / (speech + ast)" in output.err
