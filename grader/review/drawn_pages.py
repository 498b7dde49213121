"""The pages of the write-ups of a class as PNG, drawn in the sandbox one at a time, and kept."""

import hashlib
import re
import threading
from collections.abc import Callable
from pathlib import Path

from grader.errors import Fault
from grader.evidence.write_up import Box
from grader.files import replace_file
from grader.sandbox.picture import size
from grader.sandbox.start import best_isolation
from grader.writeup.draw import PageToDraw, draw_page

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TRIED = 2_000  # pages that cannot be drawn, remembered until there are more

Draw = Callable[[Path, PageToDraw], bytes]


class DrawnPages:
    """Draws pages of the PDFs in `folder`, where each PDF is kept under its SHA-256.

    A drawing is kept beside the PDF, under the PDF's hash, the page and what is covered. Several
    requests at once are drawn one after the other: a page may take a gigabyte.
    """

    def __init__(self, folder: Path, draw: Draw | None = None) -> None:
        self._folder = folder
        self._draw = draw or _drawn
        self._one_at_a_time = threading.Lock()
        self._faults: dict[str, str] = {}

    def page(self, sha256: str, number: int, cover: Box | None) -> bytes:
        """Return the PNG of a page, numbered from 1, without what is below `cover`.

        Raises `Fault` if the page cannot be drawn, `HarnessError` if the drawer failed, and
        `FileNotFoundError` if the folder does not have this PDF.
        """
        pdf = self._pdf(sha256)
        covered = f"-{hashlib.sha256(repr(cover).encode()).hexdigest()[:16]}" if cover else ""
        kept = self._folder / f"{sha256}-{number}{covered}.png"
        with self._one_at_a_time:
            known = _picture(kept)
            if known is not None:
                return known
            if kept.name in self._faults:
                raise Fault(self._faults[kept.name], help="")
            try:
                made = self._draw(pdf, PageToDraw(number=number, cover=cover))
            except Fault as fault:
                if len(self._faults) >= _TRIED:
                    self._faults.clear()
                self._faults[kept.name] = str(fault)
                raise
            _keep(kept, made)
            return made

    def _pdf(self, sha256: str) -> Path:
        if _SHA256.fullmatch(sha256) is None:
            raise FileNotFoundError
        pdf = self._folder / f"{sha256}.pdf"
        if not pdf.is_file():
            raise FileNotFoundError
        return pdf


def _drawn(pdf: Path, page: PageToDraw) -> bytes:
    return draw_page(pdf, "the write-up", page, best_isolation())


def _picture(path: Path) -> bytes | None:
    """Return the PNG at `path`; None if there is none, or something else."""
    try:
        found = path.read_bytes()
    except OSError:
        return None
    return found if size("image/png", found) else None


def _keep(path: Path, picture: bytes) -> None:
    try:
        replace_file(path, picture)
    except OSError:  # a full disk or a folder that cannot be written: it is drawn again
        return
