"""Advice for a hand-in of another kind of lab: the name of the lab that takes it."""

import re
import shlex
from functools import cache

from grader.intake.file_format import FileFormat
from grader.labs.files import lab_names
from grader.labs.kinds import load_lab
from grader.labs.network_lab import NetworkLab
from grader.labs.spec import LabSpec
from grader.labs.write_up_lab import WriteUpLab
from grader.text import shown

EDITION = re.compile(r"-\d{4}\b.*")  # of the name of a lab


def for_a_pdf(name: str) -> str:
    """Return advice for the student who handed the PDF `name` to a lab of networks."""
    return _advice("This is a PDF.", name, _first(WriteUpLab))


def for_a_document(pdf: str, document: FileFormat) -> str:
    """Return advice for the student who handed a document to a lab of networks.

    `pdf` is the name of the PDF that the document's program exports.
    """
    return _advice(document.export, pdf, _first(WriteUpLab))


def for_a_network(name: str) -> str:
    """Return advice for the student who handed a network, in `name`, to a lab of write-ups."""
    return _advice("The files are those of a network.", name, _first(NetworkLab))


def _advice(what: str, name: str, lab: LabSpec | None) -> str:
    if lab is None:
        return what
    command = f"grader check {shlex.quote(shown(name))} --lab {lab.name}"
    return f"{what} For the {EDITION.sub('', lab.name)} lab: {command}"


@cache
def _first(kind: type[LabSpec]) -> LabSpec | None:
    """Return the first lab of this kind that comes with the grader, the default lab if it is."""
    return next((lab for lab in map(load_lab, lab_names()) if isinstance(lab, kind)), None)
