from typing import Any

import pytest

from AST import hiaudio


@pytest.mark.parametrize(
    ("key", "value", "readable"),
    [
        ("size", 1_572_864, "1.50 MB"),
        ("size", "2048", "2.00 KB"),
        ("size", 12, "12 Bytes"),
        ("sample_rate", 44_100, "44.1 kHz"),
        ("sample_rate", "48000", "48.0 kHz"),
        ("sample_rate", "22050", "22.1 kHz"),
        ("sample_rate", "11025", "11.0 kHz"),
        ("sample_rate", 999, "999 Hz"),
        ("sample_rate", 1000, "1.0 kHz"),
        ("duration", 212.4, "3m 32s"),
        ("duration", "12.5", "12.50 sec"),
        ("duration", 60, "1m 0s"),
        ("bit_rate", 1_411_200, "1.41 Mbps"),
        ("bit_rate", 320_000, "320.00 kbps"),
        ("bit_rate", None, None),
        ("duration", "N/A", "N/A"),
        ("size", "inf", "inf"),
        ("size", 10**400, 10**400),
        ("codec_name", "flac", "flac"),
    ],
)
def test_metadata_becomes_readable(key: str, value: Any, readable: Any) -> None:
    metadata = {key: value}
    assert hiaudio.convertmetadata(metadata) == {key: readable}


def test_it_is_the_same_dict_before_and_after() -> None:
    metadata = {"sample_rate": "44100"}
    shown = hiaudio.convertmetadata(metadata)
    metadata["RMS"] = "-20.00 dBFS"
    assert shown is metadata
    assert hiaudio.convertmetadata(shown) == {"sample_rate": "44.1 kHz", "RMS": "-20.00 dBFS"}
