"""What was seen of the files that a lab asks for."""

from grader.evidence.intake import FileEvidence, LayoutEvidence
from grader.types import Role
from tests.report.measured import layout


def test_roles_are_those_of_the_files_that_are_there() -> None:
    """Each once, however many files."""
    files = tuple(
        FileEvidence(role=role, name=f"{role}.x", size=1, sha256="ab")
        for role in (Role.CHECKPOINT.value, Role.NOTEBOOK.value, Role.NOTEBOOK.value)
    )
    found = LayoutEvidence(
        layout=None, files=files, missing=(), notebook_expected=None, notebook_found=None
    )
    assert found.roles == {"checkpoint", "notebook"}


def test_a_layout_is_read_from_its_measurement() -> None:
    """With its form and what is missing; no file, no role."""
    found = LayoutEvidence.read(layout())
    assert (found.layout, found.missing, found.roles) == ("revised", (), frozenset())
