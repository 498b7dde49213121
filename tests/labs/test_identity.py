"""What a lab's hashes are of, so that a later field does not measure every class again."""

from pydantic import create_model

from grader.labs.identity import canonical, content_sha256, measured_sha256
from grader.labs.spec import LabSpec, NetworkSpec, load_lab
from grader.labs.table import Table

LAB = load_lab()
LaterNetwork = create_model("LaterNetwork", __base__=NetworkSpec, family=(str, "mobilenet-v2"))
LaterLab = create_model(
    "LabSpec", __base__=LabSpec, network=(LaterNetwork, ...), dataset=(str, "cifar10")
)


def later(**network: str) -> Table:
    """The default lab, read by a grader whose labs have two more fields."""
    content = LAB.model_dump(exclude_unset=True)
    return LaterLab.model_validate(content | {"network": content["network"] | network})


def test_a_new_field_at_its_default_changes_no_hash() -> None:
    """Whether the file has it or not."""
    for lab in (later(), later(family="mobilenet-v2")):
        assert content_sha256(lab) == LAB.sha256
        assert measured_sha256(lab, LAB.blank) == LAB.measured_sha256


def test_a_new_field_with_another_value_changes_both() -> None:
    """A network of another family is measured again."""
    lab = later(family="feed-forward")
    assert content_sha256(lab) != LAB.sha256
    assert measured_sha256(lab, LAB.blank) != LAB.measured_sha256


def test_fields_of_version_1_are_in_the_hash_at_their_default() -> None:
    """As they were: `cap` and each question's settings for some."""
    content = canonical(LAB)
    assert content == LAB.model_dump(mode="json")
    assert content["score"]["cap"] is None


def test_another_blank_notebook_is_measured_again() -> None:
    """What was left as given is known by it."""
    assert measured_sha256(LAB, b"{}") != measured_sha256(LAB, LAB.blank)
    assert measured_sha256(LAB, None) != measured_sha256(LAB, LAB.blank)
