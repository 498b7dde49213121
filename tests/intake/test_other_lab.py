import shlex

from grader.intake.file_format import format_of_zip
from grader.intake.other_lab import for_a_document, for_a_network, for_a_pdf
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


def test_a_document_becomes_a_pdf_first() -> None:
    """Then it is for a lab of write-ups."""
    document = format_of_zip(["word/document.xml"])
    assert document is not None
    advice = for_a_document("report.pdf", document)
    assert advice.startswith("In Word")
    assert advice.endswith("grader check report.pdf --lab on-device-2022")


def test_a_network_is_for_the_default_lab() -> None:
    """Which is a lab of networks."""
    assert for_a_network("B1.zip").endswith(f"grader check B1.zip --lab {DEFAULT_LAB}")
