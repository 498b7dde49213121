"""A lab whose hand-ins are write-ups: one PDF each."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, Self

from pydantic import PrivateAttr, ValidationInfo, model_validator

from grader.labs.experiment import ExperimentSpec
from grader.labs.files import path_beside
from grader.labs.hand_in_files import WRITE_UP_FILES
from grader.labs.hand_in_limits import ArchiveLimits
from grader.labs.identity import measured_sha256
from grader.labs.question import Positive
from grader.labs.spec import LabSpec
from grader.labs.write_up_answer import WriteUpAnswer
from grader.labs.write_up_table import WriteUpTable


class WriteUpLimits(ArchiveLimits):
    """The limits on a hand-in with a write-up: also the size of the PDF, in bytes."""

    pdf_bytes: Positive


class WriteUpLab(LabSpec):
    """A lab whose hand-ins are write-ups. It has no formula, and nothing of a hand-in runs.

    `text` is the name of a Markdown file beside the lab file, with the text that students get: it
    is subtracted from a write-up before anything is searched. `answers` and `tables` are what a
    write-up must have. `experiment` is what students run; expectations are computed from it.
    Pydantic's context of the validation is the folders to search for the text.
    """

    packages: ClassVar = ("pdfplumber", "pdfminer.six", "codespell")
    hand_in_files: ClassVar = WRITE_UP_FILES

    _text: bytes = PrivateAttr(default=b"")

    kind: Literal["write-up"]
    limits: WriteUpLimits
    text: str | None = None
    answers: tuple[WriteUpAnswer, ...] = ()
    tables: tuple[WriteUpTable, ...] = ()
    experiment: ExperimentSpec | None = None

    @model_validator(mode="after")
    def _text_is_read(self, info: ValidationInfo) -> Self:
        if self.text is not None:
            path = path_beside(self.text, info.context or (), ".md")
            try:
                self._text = path.read_bytes()
                self._text.decode()
            except OSError as error:
                raise ValueError(f"{path} cannot be read: {error.strerror or error}") from error
            except UnicodeDecodeError as error:
                raise ValueError(f"{path} is not UTF-8") from error
        return self

    @classmethod
    def faults_of_parts(cls, parts: Mapping[str, Any]) -> Iterator[str]:
        """Yield the faults between those parts of the lab that are in `parts`."""
        yield from super().faults_of_parts(parts)
        for item in parts.get("items", ()):
            if item.kind == "formula":
                yield f"items: {item.id} is of kind formula, which a lab of write-ups does not have"
        for key in ("answers", "tables"):
            for id, many in Counter(each.id for each in parts.get(key, ())).items():
                if many > 1:
                    yield f"{key}: {many} have the id {id}"

    @property
    def own_text(self) -> str:
        """The text that students get, in Markdown; empty if the lab names no file."""
        return self._text.decode()

    @property
    def files_beside(self) -> Mapping[str, bytes]:
        """The text, by its name; empty if the lab has none."""
        return {} if self.text is None else {self.text: self._text}

    @property
    def measured_sha256(self) -> str:
        """As `sha256`, of the keys on which measurements depend, and of the text."""
        return measured_sha256(self, self._text or None)
