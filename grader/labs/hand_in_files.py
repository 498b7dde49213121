"""The names by which the files of a hand-in are recognised; each kind of lab has its own."""

from dataclasses import dataclass
from pathlib import PurePosixPath

ARCHIVES = (".zip", ".zipx", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")
CHECKPOINTS = (".pth", ".pt", ".ckpt")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandInFiles:
    """What hand-ins look like before they are opened: suffixes in lower case, with their dot.

    `alone` are those of files that are a hand-in by themselves, `parts` those of files that show a
    hand-in although most are a part of one, `mistaken` those of files that are neither, but that
    students hand in instead. `named_by` are those of the file that names the hand-in if there is no
    archive. `names_are_ids` is True if students call a hand-in by their id. `archive_is_all` is
    True if the only archive of a student is all of the hand-in, whatever is beside it. `folder` is
    a folder that every hand-in has, if any.
    """

    alone: tuple[str, ...]
    parts: tuple[str, ...]
    named_by: tuple[str, ...]
    mistaken: tuple[str, ...] = ()
    names_are_ids: bool
    archive_is_all: bool
    folder: str | None = None

    def is_alone(self, name: str) -> bool:
        """True if a file of that name can be a hand-in by itself."""
        return name.lower().endswith(self.alone)

    def resembles(self, name: str) -> bool:
        """True if a file of that name shows a hand-in."""
        return name.lower().endswith((*self.alone, *self.parts))

    def takes(self, name: str) -> bool:
        """True if a file of that name gets a verdict, also one that is handed in by mistake."""
        return name.lower().endswith((*self.alone, *self.parts, *self.mistaken))

    def names_student(self, name: str) -> bool:
        """True if the name of that file is taken as the student's id."""
        return PurePosixPath(name).suffix.lower() in self.named_by


NETWORK_FILES = HandInFiles(
    alone=ARCHIVES,
    parts=(*CHECKPOINTS, ".ipynb"),
    named_by=(".ipynb",),
    names_are_ids=True,
    archive_is_all=True,
    folder="model",
)
WRITE_UP_FILES = HandInFiles(
    alone=(*ARCHIVES, ".pdf", ".doc", ".docx", ".odt", ".pages", ".pptx", ".rtf", ".tex"),
    parts=(".ipynb",),
    named_by=(".pdf",),
    names_are_ids=False,
    mistaken=(".html", ".htm", ".png", ".jpg", ".jpeg", ".heic", ".webp"),
    archive_is_all=False,
)
