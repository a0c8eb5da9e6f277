"""The commands of shards, as a user types them."""

import shutil
from pathlib import Path

from tests.helpers import ROOT, RunScript


def test_two_shards_of_the_demo_give_its_results(run: RunScript, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "demo" / "DSD100", tmp_path / "demo" / "DSD100")
    for number in (1, 2):
        shard = run("analyze_dsd100.py", "demo/DSD100", "--model", "tiny", "--shard", f"{number}/2")
        assert shard.returncode == 0, shard.stderr
        file = f"results_dsd100.{number}-of-2.csv"
        assert f"shard {number}/2: 6 of the 12 stems, into {file}" in shard.stderr.splitlines()
    files = sorted(path.name for path in tmp_path.glob("results_dsd100.*-of-2.csv"))
    alone = run("merge_results.py", "results.csv", files[0])
    assert alone.returncode == 2
    assert alone.stderr.startswith("error: no shard 2 of 2 is among the files; ")
    merged = run("merge_results.py", "results.csv", *files)
    assert merged.returncode == 0, merged.stderr
    assert merged.stdout == "Accuracy: 100.00% (12/12 matches)\n\nNo mismatches found.\n"
    assert merged.stderr == "merged 2 shards, 12 stems: results.csv\n"
    assert (tmp_path / "results.csv").read_bytes() == (ROOT / "results_dsd100.csv").read_bytes()
    for script, *arguments in (
        ["computeaccuracy.py", "--summary"],
        ["relabel.py", "--dataset", "moisesdb"],
    ):
        reader = run(script, "results.csv", *arguments)
        assert reader.returncode == 0, reader.stderr


def test_failed_files_give_exit_code_1(run: RunScript, tmp_path: Path) -> None:
    (tmp_path / "clips" / "bass").mkdir(parents=True)
    (tmp_path / "clips" / "bass" / "a.wav").write_bytes(b"no audio")
    analysis = ["analyze.py", "folder", "clips", "--model", "tiny", "--output", "r.csv"]
    assert run(*analysis, "--shard", "1/1").returncode == 1
    assert run("merge_results.py", "m.csv", "r.1-of-1.csv").returncode == 1


def test_a_wrong_shard_gives_one_line(run: RunScript) -> None:
    result = run("analyze_dsd100.py", "nowhere", "--shard", "3/2")
    assert result.returncode == 2
    assert "argument --shard: shard 3/2: expected K/N, such as 3/16, with K f" in result.stderr
