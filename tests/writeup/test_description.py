import json

import pytest

from grader.errors import HarnessError
from grader.sandbox.child.read_pdf import answer
from grader.writeup.description import parse
from grader.writeup.document import Document
from tests.writeup.pdfs import pdf, text

MESSAGE = json.loads(answer(pdf(text("Hello world"))))


def changed(**changes: object) -> bytes:
    """A message whose page has other values."""
    return json.dumps({**MESSAGE, "pages": [{**MESSAGE["pages"][0], **changes}]}).encode()


def test_a_message_becomes_a_document() -> None:
    """Of frozen records."""
    found = parse(json.dumps(MESSAGE).encode())
    assert isinstance(found, Document)
    assert [each.text for each in found.pages[0].words] == ["Hello", "world"]
    assert found.pages_without_text == ()


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"refused": "because"}',
        changed(number=2),
        changed(rotation=45),
        changed(width="wide"),
        changed(words=[["a", 0, 0, 1, 1, 10, 7]]),
        changed(words=[["a" * 201, 0, 0, 1, 1, 10, 0]]),
        changed(rules=[[0, 0, 1]]),
        changed(rules=[[0, 0, 1, 1e300]]),
        changed(rules=[[0.0, 0.0, 1.0, 1.0]] * 20_001),
        changed(extra=1),
        changed(unread="so"),
        json.dumps(MESSAGE).replace('"width": ', '"width": NaN, "x": ').encode(),
    ],
)
def test_a_malformed_message_is_an_error_of_ours(message: bytes) -> None:
    """A hostile child cannot send anything else than a document."""
    with pytest.raises(HarnessError):
        parse(message)
