"""The files that a lab requires, and their paths in the hand-in."""

from typing import Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from grader.labs.files import path_beside
from grader.labs.table import Table, refuse
from grader.types import Role


class Form(Table):
    """One accepted set of files."""

    name: str
    files: tuple[Role, ...] = Field(min_length=1)


class Layout(Table):
    """The path of each file in the archive; `{id}` stands for the student's id.

    `template_notebook` is the name of the notebook that students get. `blank_notebook` is a
    notebook with the same cells, beside the lab file or among the shipped labs: the grader compares
    a hand-in with it to find the cells that were left as given.
    """

    template_notebook: str
    blank_notebook: str | None = None
    paths: dict[Role, str]
    forms: tuple[Form, ...] = Field(min_length=1)

    @field_validator("blank_notebook")
    @classmethod
    def _blank_is_there(cls, name: str | None, info: ValidationInfo) -> str | None:
        if name is not None:
            path_beside(name, info.context or (), ".ipynb")
        return name

    @model_validator(mode="after")
    def _forms_use_known_paths(self) -> Self:
        required = [(form, role) for form in self.forms for role in form.files]
        faults = [
            f"form {form.name!r} needs {role}, which has no path"
            for form, role in required
            if role not in self.paths
        ]
        if Role.WRITE_UP in self.paths:
            faults.append("a write-up is for a lab of kind write-up")
        refuse(faults)
        return self

    def path(self, role: Role, student: str) -> str:
        """The POSIX path in the archive of the file for `role` of `student`."""
        return self.paths[role].replace("{id}", student)
