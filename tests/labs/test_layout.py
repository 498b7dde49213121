import pytest
from pydantic import ValidationError

from grader.labs.layout import Layout
from grader.types import Role

PATHS = {"checkpoint": "model/mobilenet.pth", "notebook": "{id}.ipynb"}
TABLE = {
    "template_notebook": "lab2.ipynb",
    "paths": PATHS,
    "forms": [{"name": "revised", "files": ["checkpoint", "notebook"]}],
}


def test_a_students_paths_have_the_id_in_them() -> None:
    """Braces in the id itself stay."""
    layout = Layout.model_validate(TABLE)
    assert layout.path(Role.NOTEBOOK, "B{1}") == "B{1}.ipynb"
    assert layout.path(Role.CHECKPOINT, "B1") == "model/mobilenet.pth"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"forms": [{"name": "first", "files": ["checkpoint", "runner"]}]}, "runner"),
        ({"forms": []}, "\nforms\n"),
        ({"forms": [{"name": "none", "files": []}]}, r"forms\.0\.files"),
        ({"blank_notebook": "not-ours.ipynb"}, "not-ours.ipynb"),
        ({"paths": {**PATHS, "write-up": "{id}.pdf"}}, "write-up"),
        ({"paths": {"essay": "essay.pdf"}}, r"paths\.essay"),
    ],
)
def test_an_invalid_layout_is_refused(changed: dict[str, object], why: str) -> None:
    """The files of a form need paths."""
    with pytest.raises(ValidationError, match=why):
        Layout.model_validate({**TABLE, **changed})
