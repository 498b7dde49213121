"""The file that leads a browser to the review: only its owner can read the token in it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path


class Door:
    """The page `file`, which sends a browser to the address that is good now."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "review.html"

    def lead_to(self, address: str) -> None:
        """Replace the address in the file, which only its owner can read (mode 0600)."""
        part = self.file.with_suffix(".part")
        part.unlink(missing_ok=True)
        content = (
            '<!doctype html><meta charset="utf-8"><title>grader review</title>'
            '<meta name="referrer" content="no-referrer">'
            f'<meta http-equiv="refresh" content="0; url={escape(address)}">'
            f'<p><a href="{escape(address)}">Open the review</a></p>\n'
        )
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
        part.replace(self.file)


@contextmanager
def opened_door() -> Iterator[Door]:
    """Yield a door in a new folder of its own (mode 0700); delete both at the end."""
    with tempfile.TemporaryDirectory(prefix="grader-review-") as folder:
        yield Door(Path(folder))
