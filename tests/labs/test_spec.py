"""What every lab has."""

import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab
from tests.labs.changes import DEFAULT, NAMES, changed, setting, written

# Graded classes store these hashes: if one changes, every class is measured again, or is reported
# as graded with another lab. CHANGELOG gives the reason of a change.
HASHES = {
    "prune-mobilenet-2024": (
        "36b849cbb7c19f859c0bd3bda5d03d1d55b0475b06a9a9e9b46287a9c02b36b5",
        "c3b353c36a4fda3800410a4760cfa22e73841f6d95e61b26103030219b0b6217",
    ),
    "prune-mobilenet-2024-original": (
        "f6506949e4b1289181d0818144fe18f8a4fd40ed7675096bc8494bd4d5ea3b55",
        "cb4b740f73f96af5a5db8e1433cade38442769bf5ae7f852dc3fcd2fcdebfaa3",
    ),
    "prune-mobilenet-2025": (
        "7fb76399a3943a7ad52933527c27fe5ee31abadd9bb9a9ce1acc69092668dd5d",
        "78eab1d9d69316542929cef4938214119eda1a62192c7d010e2f5c3ce2b9aec4",
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_the_hashes_are_those_of_graded_classes(name: str) -> None:
    """Both, since the labs have the words of their questions."""
    lab = network_lab(name)
    assert (lab.sha256, lab.measured_sha256) == HASHES[name]


def test_the_due_date_is_a_moment_in_taipei() -> None:
    """4 April 2024, 23:55, eight hours before UTC; the lab of 2025 has none."""
    moment = network_lab().deadline.moment
    assert moment is not None
    assert moment.isoformat() == "2024-04-04T23:55:00+08:00"
    assert moment.tzinfo == ZoneInfo("Asia/Taipei")
    assert network_lab("prune-mobilenet-2025").deadline.moment is None


def test_a_loaded_lab_cannot_be_changed() -> None:
    """An assignment raises."""
    with pytest.raises(ValueError, match="frozen"):
        network_lab().score.points = 50


def test_a_lab_is_identified_by_content_alone(tmp_path: Path) -> None:
    """Comments and the order of tables and keys keep the hash; a constant changes it."""
    content = tomllib.loads(DEFAULT)
    paths = dict(reversed(content["layout"]["paths"].items()))
    reordered = {**dict(reversed(content.items())), "layout": {**content["layout"], "paths": paths}}
    assert NetworkLab.model_validate(reordered).sha256 == network_lab().sha256
    assert NetworkLab.model_validate(reordered).measured_sha256 == network_lab().measured_sha256
    commented = network_lab(written(tmp_path, ("[score]", "# The formula.\n[score]")))
    assert commented.sha256 == network_lab().sha256
    assert changed(setting("score.floor", 1.0)).sha256 != network_lab().sha256
