"""Which files a lab asks for, and where in the hand-in each of them lies."""

from typing import Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from grader.labs.files import blank_path
from grader.labs.table import Table, refuse
from grader.types import Role


class Form(Table):
    """One accepted set of files."""

    name: str
    files: tuple[Role, ...] = Field(min_length=1)


class Layout(Table):
    """Where each file lies in the archive; `{id}` stands for the student's id.

    `template_notebook` is the name under which the lab gives its notebook out. `blank_notebook` is
    one in the same shape, beside the lab file or among the shipped labs: by it the grader knows
    what was left as given.
    """

    template_notebook: str
    blank_notebook: str | None = None
    paths: dict[Role, str]
    forms: tuple[Form, ...] = Field(min_length=1)

    @field_validator("blank_notebook")
    @classmethod
    def _blank_is_there(cls, name: str | None, info: ValidationInfo) -> str | None:
        if name is not None:
            blank_path(name, info.context or ())
        return name

    @model_validator(mode="after")
    def _forms_use_known_paths(self) -> Self:
        asked = [(form, role) for form in self.forms for role in form.files]
        refuse(
            [
                f"form {form.name!r} asks for {role}, which has no path"
                for form, role in asked
                if role not in self.paths
            ]
        )
        return self

    def path(self, role: Role, student: str) -> str:
        """The POSIX path, within the archive, of the file that `student` hands in for `role`."""
        return self.paths[role].replace("{id}", student)
