"""Reading notebooks in the real child."""

import base64
import dataclasses
import io
import json
from pathlib import Path

import numpy
import pytest
from PIL import Image
from safetensors.numpy import save

from grader.errors import Fault, HarnessError
from grader.notebook import read as reading
from grader.notebook.notebook import Notebook
from grader.notebook.read import opened
from grader.sandbox.limits import SandboxLimits
from tests.notebook.books import (
    PRUNE,
    book,
    chinese,
    code,
    encoded,
    honest,
    markdown,
    png,
    printed,
    read,
    shown,
)

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Notebook:
    """The honest notebook, read once."""
    return read(tmp_path_factory.mktemp("english"), encoded(honest()))


def test_the_cells_are_there_in_order(english: Notebook) -> None:
    """Kinds, counts and sources as handed in, and the version and language they are in."""
    kinds = ["markdown"] * 2 + ["code"] * 6 + ["markdown", "code", "raw"]
    assert [cell.kind for cell in english.cells] == kinds
    counts = [None, None, 3, 4, 5, 6, 7, 8, None, None, None]
    assert [cell.execution_count for cell in english.cells] == counts
    assert english.cells[2].source == PRUNE
    assert (english.nbformat, english.language, english.cut) == ("4.4", "python", 0)


def test_outputs_are_text_as_a_terminal_shows_it(english: Notebook) -> None:
    """A progress bar is where it came to; an error has its traceback; each form has its size."""
    passed, picture = english.cells[3].outputs
    assert (passed.kind, passed.name, passed.text) == ("stream", "stdout", "* Test passed.\n")
    assert picture.mimes == (("image/png", len(png())), ("text/plain", 33))
    bar, accuracy = english.cells[4].outputs
    assert bar.text == "100%|██████████| 100/100"
    assert accuracy.text == "accuracy=92.95%\n"
    assert english.cells[5].outputs[0].kind == "result"
    (error,) = english.cells[7].outputs
    assert error.kind == "error"
    assert "ZeroDivisionError\x1b[0m: division by zero" in error.text
    sizes = [size for cell in english.cells for out in cell.outputs for _, size in out.mimes]
    assert english.output_bytes == sum(sizes)


def test_images_are_kept(english: Notebook) -> None:
    """An output's and an attachment's, byte for byte."""
    assert (
        english.cells[1].html == f'<p><img src="data:image/png;base64,{png("blue")}" alt="a"></p>\n'
    )
    assert english.cells[3].outputs[1].html == f'<img src="data:image/png;base64,{png()}" alt="">'


def test_what_nbconvert_makes_of_a_cell_is_kept(english: Notebook) -> None:
    """Markdown, colours of code and of a terminal, tables; formulas as MathML."""
    title, _, prune, _, _, table, bar, error, answer, *_ = english.cells
    assert "<h1>Lab 2: Prune MobileNet</h1>" in (title.html or "")
    assert "<mi>⌊</mi><mi>p</mi><mo>·</mo><mi>N</mi><mi>⌋</mi>" in (title.html or "")
    assert "</math> of <strong>all</strong> weights" in (title.html or "")
    assert '<span class="k">def</span>' in (prune.html or "")
    assert "<td>conv</td>" in (table.outputs[0].html or "")
    assert bar.outputs[0].html == "<pre>HBox(children=(FloatProgress()))</pre>"
    assert '<span class="ansi-red-fg">ZeroDivisionError</span>' in (error.outputs[0].html or "")
    link = '<a href="https://arxiv.org/abs/1506.02626" rel="noopener noreferrer nofollow">'
    assert f"{link}the paper</a>" in (answer.html or "")


def test_chinese_is_read_and_shown(tmp_path: Path) -> None:
    """In Markdown, in code and in what it prints."""
    answer, cell = read(tmp_path, encoded(chinese())).cells
    assert "剪枝後權重集中在零附近" in answer.source
    assert "<h3>問題 1.1</h3>" in (answer.html or "")
    assert cell.outputs[0].text == "測試通過\n"


def test_an_image_pasted_into_the_text_is_an_image(tmp_path: Path) -> None:
    """As Colab does it; the source has its number instead of its megabyte."""
    made = io.BytesIO()
    Image.effect_noise((1_000, 1_000), 90).save(made, "PNG")
    large = base64.b64encode(made.getvalue()).decode()
    uri = f"data:image/png;base64,{large}"
    (cell,) = read(tmp_path, encoded(book(markdown(f"![curve]({uri})\n\nseen")))).cells
    assert cell.source == "![curve](image:0)\n\nseen"
    assert f'<img src="{uri}" alt="curve">' in (cell.html or "")


def test_a_long_output_keeps_both_its_ends(tmp_path: Path) -> None:
    """A long output keeps its end; removed characters are counted."""
    text = "first\n" + "x" * 100_000 + "\nlast"
    notebook = read(tmp_path, encoded(book(code("train()", printed(text)))))
    (output,) = notebook.cells[0].outputs
    assert output.text.startswith("first\n")
    assert output.text.endswith("\nlast")
    assert output.left_out == len(text) - 64_000
    assert f"{output.left_out:,} characters left out" in (output.html or "")
    assert (notebook.cut, notebook.output_bytes) == (1, len(text))


def test_outputs_of_any_size_are_cut_and_counted(tmp_path: Path) -> None:
    """40 MB in 6,000 outputs become a notebook that fits a message, and the rest is counted."""
    outputs = [printed("x" * 7_000) for _ in range(6_000)]
    notebook = read(tmp_path, encoded(book(code("for …", *outputs), code("after"))))
    first, after = notebook.cells
    assert (len(first.outputs), first.outputs_left_out) == (5_000, 1_000)
    assert sum(len(output.text) for output in first.outputs) < 5 << 20
    assert notebook.cut > 1_000
    assert after.source == "after"


def test_images_beyond_their_share_are_left_out(tmp_path: Path) -> None:
    """One too large is named by its type and size, and the others stay."""
    large = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(9 << 20)).decode()
    cells = [code("plot()", shown({"image/png": data})) for data in (large, png())]
    first, second = read(tmp_path, encoded(book(*cells))).cells
    assert first.outputs[0].html == "<p>[This image/png is left out.]</p>"
    assert first.outputs[0].mimes == (("image/png", len(large)),)
    assert png() in (second.outputs[0].html or "")


def test_version_3_is_read_as_version_4(tmp_path: Path) -> None:
    """Notebooks of before 2015 are converted, and say what they were."""
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Part 1"]},
        {"cell_type": "code", "language": "python", "collapsed": False, "prompt_number": 7,
         "input": ["1 + 1"], "outputs": [{"output_type": "pyout", "prompt_number": 7,
         "metadata": {}, "text": ["2"]}]},
    ]  # fmt: skip
    raw = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
    notebook = read(tmp_path, encoded({**raw, "worksheets": [{"cells": cells, "metadata": {}}]}))
    heading, cell = notebook.cells
    assert notebook.nbformat == "3.0"
    assert heading.source == "## Part 1"
    assert (cell.source, cell.execution_count, cell.outputs[0].text) == ("1 + 1", 7, "2")


def test_what_colab_leaves_out_is_forgiven(tmp_path: Path) -> None:
    """A code cell without outputs, counts or metadata, and a widget's state without its parts."""
    cells = [{"cell_type": "code", "source": "x"}]
    (cell,) = read(tmp_path, encoded({**book(widgets={"a": 1}), "cells": cells})).cells
    assert (cell.source, cell.execution_count, cell.outputs) == ("x", None, ())


@pytest.mark.parametrize(
    ("limits", "data", "says"),
    [
        ({"memory_bytes": 512 << 20}, b'{"x": [' + b"{}," * 8_000_000 + b"{}]}", "more memory"),
        ({"cpu_seconds": 1}, b'{"x": [' + b"{}," * 12_000_000 + b"{}]}", "processor time"),
        ({"message_bytes": 10}, b'{"nbformat": 4, "cells": []}', "more than 10 bytes"),
    ],
)
def test_limits_are_the_notebooks_own_fault(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limits: dict[str, int],
    data: bytes,
    says: str,
) -> None:
    """Memory, processor time and the length of the answer; the others' notebooks go on."""
    monkeypatch.setattr(reading, "READ_LIMITS", dataclasses.replace(reading.READ_LIMITS, **limits))
    with pytest.raises(Fault, match=says) as fault:
        read(tmp_path, data)
    assert "312551001.ipynb" in fault.value.reason


def test_a_machine_too_busy_is_no_fault_of_the_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wall clock is ours."""
    monkeypatch.setattr(reading, "READ_LIMITS", SandboxLimits(wall_seconds=0.01, cpu_seconds=9))
    with pytest.raises(HarnessError, match=r"interrupted|could not start"):
        read(tmp_path, encoded(book()))


DESCRIPTION = {
    "nbformat": "4.4",
    "language": "python",
    "cells": [],
    "images": [],
    "output_bytes": 0,
}
CELL: dict[str, object] = {
    "kind": "code",
    "execution_count": None,
    "source": 1,
    "left_out": 0,
    "html": None,
    "outputs": [],
    "outputs_left_out": 0,
}


def message(description: object, text: bytes = b"", name: str = "text") -> bytes:
    """Messages that a child might send."""
    blobs = {"images": numpy.zeros(0, numpy.uint8), name: numpy.frombuffer(text, numpy.uint8)}
    return save(blobs, {"notebook": json.dumps(description)})


def test_a_message_as_agreed_is_a_notebook() -> None:
    """The smallest there is, so that the next test's are wrong for one reason each."""
    notebook = opened(message({**DESCRIPTION, "cells": [CELL]}, b"x"), "B1.ipynb")
    assert [cell.source for cell in notebook.cells] == ["x"]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        message({}),
        message({**DESCRIPTION, "verdict": "passed"}),
        message({**DESCRIPTION, "nbformat": 4}),
        message({**DESCRIPTION, "language": "x" * 51}),
        message(DESCRIPTION, name="other"),
        message({**DESCRIPTION, "cells": [CELL]}),
        message({**DESCRIPTION, "cells": [CELL]}, b"\xff"),
        message({**DESCRIPTION, "cells": [{**CELL, "source": -1}]}, b"x"),
        message({**DESCRIPTION, "cells": [{**CELL, "kind": "magic"}]}, b"x"),
        message({**DESCRIPTION, "cells": [{**CELL, "execution_count": 1 << 31}]}, b"x"),
        message({**DESCRIPTION, "images": [["image/png", 1]]}),
        message({"unreadable": "x" * 501}),
    ],
)
def test_a_message_of_another_form_is_ours(sent: bytes) -> None:
    """The child runs nothing of the notebook's: what it says wrongly is no fault of the student."""
    with pytest.raises(HarnessError):
        opened(sent, "B1.ipynb")
