"""Child: runs a notebook's code, calls what it defines, and answers with what was returned.

`run_cells SOURCE REQUEST SETTINGS`. SOURCE is UTF-8; REQUEST a safetensors file, whose metadata
holds a JSON list of questions and whose tensors are their arguments; SETTINGS has a `prelude`, run
before. The message is `grader.notebook.cells.Reply`, in the same form.

The code has this whole process, its message included, and may send what it likes. So nothing is
judged here and nothing expected is known here: only values cross, and the grader's side judges.
This is the only module that runs code from a notebook, and only where programs may run.
"""

import json
import os
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import safe_open
from safetensors.numpy import save as save_nothing

from grader.sandbox.child.message import message_pipe, printable

NAME = "<cell>"  # what tracebacks call the notebook's code
WORDS_AT_MOST = 1_000
VALUE_AT_MOST = 100_000  # characters of JSON
TENSOR_AT_MOST = 64 << 20  # bytes

Tensors = dict[str, Any]


def main() -> None:
    """Answer the questions of argv[2] with the code of argv[1]."""
    own = os.getpid()
    with message_pipe() as pipe:
        message = answer(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])["prelude"])
        if os.getpid() == own:  # else the code forked, and this is the copy
            pipe.write(message)
            pipe.flush()
            for stream in (sys.__stdout__, sys.__stderr__):
                if stream is not None:
                    stream.flush()
        os._exit(0)  # threads and exit handlers that the code left behind have no say


def answer(source: Path, request: Path, prelude: str) -> bytes:
    """The message: every question's answer, or why the code itself failed."""
    questions, arguments = _opened(request)
    names: dict[str, Any] = {"__name__": "__main__"}
    sent: Tensors = {}
    try:
        exec(compile(prelude, "<prelude>", "exec", dont_inherit=True), names)  # noqa: S102 - ours
        code = compile(source.read_bytes(), NAME, "exec", dont_inherit=True)
        exec(code, names)  # noqa: S102 - what this child is for
    except BaseException as error:  # SystemExit is one of the code's ways to fail
        return _packed({"failed": _failure(error)}, {})
    answers = [
        _answered(question, names, arguments, _Sent(sent, f"{number}."))
        for number, question in enumerate(questions)
    ]
    return _packed({"answers": answers}, sent)


def _opened(request: Path) -> tuple[list[dict[str, Any]], Tensors]:
    with safe_open(request, "numpy") as file:
        questions = json.loads(file.metadata()["questions"])
        if not file.keys():
            return questions, {}
    return questions, _torch_files().load_file(request)


def _answered(
    question: Mapping[str, Any], names: Mapping[str, Any], tensors: Tensors, sent: "_Sent"
) -> dict[str, Any]:
    """The value of a name, or what it returned when called and what became of its arguments."""
    given = [
        tensors[each["tensor"]] if "tensor" in each else each["value"]
        for each in question["arguments"] or []
    ]
    try:
        if question["name"] not in names:
            raise NameError(f"name {question['name']!r} is not defined")
        found = names[question["name"]]
        returned = found if question["arguments"] is None else found(*given)
    except BaseException as error:  # as above; the other questions are asked all the same
        return {"raised": _failure(error)}
    return {
        "returned": sent.put("returned", returned),
        "arguments": [sent.put(f"argument.{place}", each) for place, each in enumerate(given)],
    }


class _Sent:
    """Where the tensors of one answer go; other values are told as JSON."""

    def __init__(self, tensors: Tensors, prefix: str) -> None:
        self._tensors = tensors
        self._prefix = prefix

    def put(self, key: str, value: object) -> dict[str, Any]:
        """The value as JSON, or the name of the tensor that it became, or of its type."""
        torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
        try:
            if torch and numpy and isinstance(value, numpy.ndarray):
                value = torch.from_numpy(numpy.ascontiguousarray(value))
            elif numpy and isinstance(value, numpy.ndarray | numpy.generic):
                value = value.tolist()
            if torch and isinstance(value, torch.Tensor):
                name = f"{self._prefix}{key}"
                plain = value.detach().to("cpu").contiguous().clone()
                if plain.nbytes > TENSOR_AT_MOST:
                    return {"other": "a tensor too large to look at"}
                self._tensors[name] = plain
                return {"tensor": name}
            if len(json.dumps(value)) <= VALUE_AT_MOST:
                return {"value": value}
        except Exception:  # noqa: S110 - any method of an object of the code's making may raise
            pass
        return {"other": _words(type(value).__name__)}


def _failure(error: BaseException) -> dict[str, Any]:
    try:
        message = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException:  # the error is of the code's making, its __str__ too
        message = ""
    return {"type": _words(type(error).__name__), "message": _words(message), "line": _line(error)}


def _line(error: BaseException) -> int | None:
    """The last line of the notebook's code that was at work."""
    if isinstance(error, SyntaxError) and error.filename == NAME:
        return error.lineno
    frames = traceback.walk_tb(error.__traceback__)
    lines = [line for frame, line in frames if frame.f_code.co_filename == NAME]
    return lines[-1] if lines else None


def _words(text: object) -> str:
    return printable(str(text), WORDS_AT_MOST)


def _packed(reply: Mapping[str, Any], tensors: Tensors) -> bytes:
    metadata = {"reply": json.dumps(reply)}
    if not tensors:
        return save_nothing({}, metadata)
    saved: bytes = _torch_files().save(tensors, metadata)
    return saved


def _torch_files() -> Any:
    import safetensors.torch  # torch takes seconds to import: only where there are tensors

    return safetensors.torch


if __name__ == "__main__":
    main()
