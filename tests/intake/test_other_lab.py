import shlex

from grader.intake.other_lab import for_a_network, for_a_pdf
from grader.labs import DEFAULT_LAB
from grader.labs.kinds import load_lab
from grader.labs.write_up_lab import WriteUpLab


def test_a_pdf_is_for_a_lab_of_write_ups() -> None:
    """The command can be typed as it is, also with an odd name."""
    assert for_a_pdf("report.pdf") == (
        "This is a PDF. For the on-device lab: grader check report.pdf --lab on-device-2022"
    )
    words = shlex.split(for_a_pdf("my report.pdf").partition("lab: ")[2])
    assert words[:3] == ["grader", "check", "my report.pdf"]
    assert isinstance(load_lab(words[-1]), WriteUpLab)


def test_a_network_is_for_the_default_lab() -> None:
    """Which is a lab of networks."""
    assert for_a_network("B1.zip").endswith(f"grader check B1.zip --lab {DEFAULT_LAB}")
