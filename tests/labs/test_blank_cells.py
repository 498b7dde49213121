import pytest

from grader.labs.blank_cells import blank_cells


def test_the_cells_of_a_blank_have_kind_and_source() -> None:
    """As Jupyter and as Colab write them: the lines of a source, or one text."""
    content = b"""{"nbformat": 4, "cells": [
        {"cell_type": "markdown", "source": ["# A\\n", "text"]},
        {"cell_type": "code", "source": "x = 1", "outputs": []}
    ]}"""
    assert blank_cells(content) == (("markdown", "# A\ntext"), ("code", "x = 1"))


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\xff", b"[]", b"{}", b'{"cells": {}}', b'{"cells": [5]}'),
        *(b'{"cells": [{"source": ""}]}', b'{"cells": [{"cell_type": "code"}]}'),
    ],
)
def test_what_is_no_notebook_is_a_fault_of_the_lab_file(content: bytes) -> None:
    """The lab's author is told."""
    with pytest.raises(ValueError, match=r"JSON|notebook|cell 1"):
        blank_cells(content)
