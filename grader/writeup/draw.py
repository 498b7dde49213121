"""Draws a page of a write-up in the sandbox, for the review page."""

from dataclasses import dataclass
from pathlib import Path

from grader.errors import Fault, HarnessError
from grader.evidence.write_up import Box
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.picture import PIXELS_AT_MOST, size
from grader.sandbox.start import Child, Isolation, run

DRAW_LIMITS = SandboxLimits(
    wall_seconds=120,
    cpu_seconds=20,
    memory_bytes=1 << 30,
    total_bytes=1 << 30,
    message_bytes=32 << 20,
)
DRAWN_PIXELS = 1_500_000  # 150 dots per inch on a sheet of paper
HELP = "Look at this page in the PDF itself."


@dataclass(frozen=True, slots=True, kw_only=True)
class PageToDraw:
    """A page, numbered from 1, and the box on it that is painted over before anybody sees it.

    `cover` is left, top, right and bottom as fractions of the page, None to draw all of the page.
    """

    number: int
    cover: Box | None = None


def draw_page(path: Path, name: str, page: PageToDraw, isolation: Isolation) -> bytes:
    """Return a PNG of a page of the PDF at `path` that was handed in as `name`.

    Raises `Fault` if the page cannot be drawn within the limits, and `HarnessError` if the child
    sent something else than a picture.
    """
    settings = {"page": page.number, "pixels": DRAWN_PIXELS, "cover": page.cover}
    child = Child(program="draw_pdf", inputs=(path,), settings=settings, limits=DRAW_LIMITS)
    outcome = run(child, isolation)
    if outcome.interrupted:
        raise HarnessError(
            f"Drawing page {page.number} of {name} was interrupted: it {outcome.ending}."
        )
    # PDFium ends the process when it cannot get memory.
    if outcome.stopped or not outcome.ended_well or not outcome.message:
        raise Fault(f"Page {page.number} of {name} cannot be drawn.", help=HELP)
    found = size("image/png", outcome.message)
    if found is None or found[0] * found[1] > PIXELS_AT_MOST:
        raise HarnessError("The PDF drawer sent something else than a picture.")
    return outcome.message
