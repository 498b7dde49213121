"""Which files a lab asks for, and where in the hand-in each of them lies."""

from typing import Self

from pydantic import Field, field_validator, model_validator

from grader.labs import LAB_FOLDER
from grader.labs.table import Table
from grader.types import Role


class Form(Table):
    """One accepted set of files."""

    name: str
    files: tuple[Role, ...] = Field(min_length=1)


class Layout(Table):
    """Where each file lies in the archive; `{id}` stands for the student's id.

    `template_notebook` is the name under which the lab gives its notebook out, `blank_notebook`
    one of ours in the same shape, by which what was left as given is known.
    """

    template_notebook: str
    blank_notebook: str | None = None
    paths: dict[Role, str]
    forms: tuple[Form, ...] = Field(min_length=1)

    @field_validator("blank_notebook")
    @classmethod
    def _blank_is_ours(cls, name: str | None) -> str | None:
        if name is not None and name not in {path.name for path in LAB_FOLDER.glob("*.ipynb")}:
            raise ValueError(f"{name!r} does not come with the grader")
        return name

    @model_validator(mode="after")
    def _forms_use_known_paths(self) -> Self:
        for form in self.forms:
            unknown = [role for role in form.files if role not in self.paths]
            if unknown:
                raise ValueError(f"form {form.name!r} asks for {unknown[0]}, which has no path")
        return self

    def path(self, role: Role, student: str) -> str:
        """The POSIX path, within the archive, of the file that `student` hands in for `role`."""
        return self.paths[role].replace("{id}", student)
