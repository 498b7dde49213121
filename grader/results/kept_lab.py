"""The copy of the lab in a results folder: the lab file may change or be deleted later."""

from pathlib import Path

from grader.errors import GraderError
from grader.labs.kinds import read_lab
from grader.labs.spec import LabSpec
from grader.labs.write_toml import as_toml
from grader.results.folder import LAB, LAB_FILE, write_file


def keep_lab(lab: LabSpec, out: Path) -> None:
    """Write `lab`, with all inherited fields, and the files that it names below `out`.

    Raises `GraderError` with the name of a file that cannot be written.
    """
    for name, content in lab.files_beside.items():
        write_file(out / LAB / name, content)
    write_file(out / LAB / LAB_FILE, as_toml(lab))


def kept_lab(out: Path) -> LabSpec | None:
    """Return the lab kept below `out`; None if there is none or this grader cannot read it."""
    try:
        return read_lab(out / LAB / LAB_FILE)
    except GraderError:
        return None
