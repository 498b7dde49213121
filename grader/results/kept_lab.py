"""The lab that a results folder was graded by, kept in it: its file may change or go."""

from pathlib import Path

from grader.errors import GraderError
from grader.labs.spec import LabSpec, read_lab
from grader.labs.write_toml import as_toml
from grader.results.folder import LAB, LAB_FILE, write_file


def keep_lab(lab: LabSpec, out: Path) -> None:
    """Write `lab`, which extends no other, and its blank notebook below `out`.

    Raises `GraderError` naming the file that cannot be written.
    """
    if lab.layout.blank_notebook and lab.blank is not None:
        write_file(out / LAB / lab.layout.blank_notebook, lab.blank)
    write_file(out / LAB / LAB_FILE, as_toml(lab))


def kept_lab(out: Path) -> LabSpec | None:
    """The lab that is kept below `out`; None where none is, or none that this grader can read."""
    try:
        return read_lab(out / LAB / LAB_FILE)
    except GraderError:
        return None
