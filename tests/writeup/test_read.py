import time
from pathlib import Path

import pytest

from grader.errors import Fault
from grader.sandbox.start import best_isolation
from grader.writeup.document import Unread
from grader.writeup.read import opened, read_pdf
from tests.writeup.pdfs import pdf, text

HOSTILE = {
    "docx-renamed": "not-a-pdf",
    "encrypted": "password",
    "truncated": "truncated",
    "encrypted-empty-user-password": None,
    "javascript-and-attachment": None,
    "5000-pages": None,
    "6M-chars": None,
    "bomb-600MB": None,
}


@pytest.mark.system
def test_a_pdf_is_read_in_the_sandbox(tmp_path: Path) -> None:
    """Its words have places."""
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(text("Hello world"), text("Second page")))
    found = read_pdf(path, path.name, best_isolation())
    assert [[each.text for each in page.words] for page in found.pages] == [
        ["Hello", "world"],
        ["Second", "page"],
    ]
    box = found.pages[0].words[0].box
    assert (round(box.x0), round(box.bottom)) == (72, 74)


def test_a_refusal_is_a_fault_of_the_hand_in() -> None:
    """With its reason."""
    with pytest.raises(Fault, match=r"report.pdf needs a password"):
        opened(b'{"refused": "password"}', "report.pdf")


@pytest.mark.system
@pytest.mark.parametrize("name", HOSTILE)
def test_every_hostile_file_has_a_verdict(name: str, write_ups: Path) -> None:
    """Within the limits: a refusal, or a document whose unread pages are named."""
    path = write_ups / "hostile" / f"{name}.pdf"
    started = time.monotonic()
    if (kind := HOSTILE[name]) is not None:
        with pytest.raises(Fault) as caught:
            read_pdf(path, path.name, best_isolation())
        assert caught.value.evidence == {"refused": kind}
    else:
        found = read_pdf(path, path.name, best_isolation())
        if name == "5000-pages":
            assert (found.pages_in_file, len(found.pages)) == (5_000, 200)
        if name in {"6M-chars", "bomb-600MB"}:
            assert found.pages[0].unread is Unread.DAMAGED
    assert time.monotonic() - started < 60
