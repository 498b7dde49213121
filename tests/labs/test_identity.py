"""A lab's hashes: a field that is added later must not invalidate graded classes."""

from pydantic import create_model

from grader.labs.identity import canonical, content_sha256, measured_sha256
from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab, NetworkSpec
from grader.labs.table import Table

LAB = network_lab()
LaterNetwork = create_model("LaterNetwork", __base__=NetworkSpec, width=(int, 1))
LaterLab = create_model(
    "NetworkLab", __base__=NetworkLab, network=(LaterNetwork, ...), language=(str, "en")
)


def later(**network: int) -> Table:
    """The default lab, read by a grader whose labs have one more field in each of two tables."""
    content = LAB.model_dump(exclude_unset=True)
    return LaterLab.model_validate(content | {"network": content["network"] | network})


def test_a_new_field_at_its_default_changes_no_hash() -> None:
    """With the field in the file, and without it."""
    for lab in (later(), later(width=1)):
        assert content_sha256(lab) == LAB.sha256
        assert measured_sha256(lab, LAB.blank) == LAB.measured_sha256


def test_a_new_field_with_another_value_changes_both() -> None:
    """Another value of a key of the network is measured again."""
    lab = later(width=2)
    assert content_sha256(lab) != LAB.sha256
    assert measured_sha256(lab, LAB.blank) != LAB.measured_sha256


def test_fields_of_version_1_are_in_the_hash_at_their_default() -> None:
    """For example `cap` and each question's settings; `dataset` and `family` came later."""
    content = canonical(LAB)
    whole = LAB.model_dump(mode="json")
    del whole["kind"], whole["dataset"], whole["network"]["family"]
    for item in whole["items"]:
        del item["levels"]
    assert content == whole
    assert content["score"]["cap"] is None


def test_another_blank_notebook_is_measured_again() -> None:
    """It decides which answers were left as given."""
    assert measured_sha256(LAB, b"{}") != measured_sha256(LAB, LAB.blank)
    assert measured_sha256(LAB, None) != measured_sha256(LAB, LAB.blank)
