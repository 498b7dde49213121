"""The reasons why a file cannot be read as a write-up, and what a student does then."""

from collections.abc import Mapping

from grader.errors import Fault
from grader.writeup.description import RefusalKind

EXPORT = "Export your write-up as PDF in the program in which you wrote it, and hand in that file."
SMALLER = (
    "Export it again with pictures of a normal size; a write-up has a few pages of text, tables "
    "and plots."
)
_REASONS: Mapping[RefusalKind, tuple[str, str]] = {
    "empty": ("is empty: it has no bytes", "Hand in the file again; look at its size first."),
    "truncated": (
        "is incomplete: its end is missing",
        "The copy or the upload was interrupted. Open the file on your own machine; if it opens, "
        "hand it in again, otherwise export it as PDF again.",
    ),
    "damaged": (
        "is a damaged PDF",
        "Open it in a PDF viewer; if it does not open, export it again.",
    ),
    "password": (
        "needs a password",
        "Remove the password: open the PDF, print it to a new PDF, and hand in the new one.",
    ),
    "encryption": (
        "is encrypted in a way that cannot be read",
        "Remove the protection: open the PDF, print it to a new PDF, and hand in the new one.",
    ),
    "no-pages": ("is a PDF without pages", EXPORT),
    "memory": ("needs more memory than a PDF may use", SMALLER),
    "time": ("takes longer to read than a PDF may take", SMALLER),
    "not-a-pdf": ("is not a PDF", EXPORT),
}


def refusal(name: str, kind: RefusalKind) -> Fault:
    """Return the fault of the file called `name`."""
    reason, help = _REASONS[kind]
    return Fault(f"{name} {reason}.", help=help, evidence={"refused": kind})
