"""Child: runs a notebook's code, calls its functions, and sends what they return.

`run_cells SOURCE REQUEST SETTINGS`. SOURCE is UTF-8; REQUEST is a safetensors file, whose metadata
holds a JSON list of calls and whose tensors are their arguments; SETTINGS has a `prelude`, which is
run first. The message is a `grader.notebook.cells.Reply`, in a safetensors file as well.

The student's code controls this whole process and its message, and can send anything. So nothing is
judged here, and no expected value is known here: only values are sent, and the parent judges them.
This is the only module that runs code from a notebook, and it runs only in bubblewrap.
"""

import gc
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

NAME = "<cell>"  # the file name of the notebook's code in tracebacks
WORDS_AT_MOST = 1_000  # characters
VALUE_AT_MOST = 100_000  # characters of JSON
TENSOR_AT_MOST = 64 << 20  # bytes

Tensors = dict[str, Any]


def main() -> None:
    """Make the calls of argv[2] with the code of argv[1], and send the answers."""
    own = os.getpid()
    with message_pipe() as pipe:
        message = answer(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])["prelude"])
        if os.getpid() == own:  # else the code forked, and this is the forked process
            pipe.write(message)
            pipe.flush()
            for stream in (sys.__stdout__, sys.__stderr__):
                if stream is not None:
                    stream.flush()
        os._exit(0)  # so that the code's threads and exit handlers do not run


def answer(source: Path, request: Path, prelude: str) -> bytes:
    """Return the message: an answer to every call, or why the code itself failed."""
    gc.disable()  # it would visit torch's objects again and again while torch is imported
    questions, arguments = _opened(request)
    names: dict[str, Any] = {"__name__": "__main__"}
    sent: Tensors = {}
    try:
        exec(compile(prelude, "<prelude>", "exec", dont_inherit=True), names)  # noqa: S102 - ours
        gc.enable()
        code = compile(source.read_bytes(), NAME, "exec", dont_inherit=True)
        exec(code, names)  # noqa: S102 - this is the purpose of this child
    except BaseException as error:  # the code may raise SystemExit too
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
    """Return a name's value, or the result of its call and its arguments after the call."""
    given = [
        tensors[each["tensor"]] if "tensor" in each else each["value"]
        for each in question["arguments"] or []
    ]
    try:
        if question["name"] not in names:
            raise NameError(f"name {question['name']!r} is not defined")
        found = names[question["name"]]
        returned = found if question["arguments"] is None else found(*given)
    except BaseException as error:  # as above; the other calls are still made
        return {"raised": _failure(error)}
    return {
        "returned": sent.put("returned", returned),
        "arguments": [sent.put(f"argument.{index}", each) for index, each in enumerate(given)],
    }


class _Sent:
    """Collects the tensors of one answer; other values become JSON."""

    def __init__(self, tensors: Tensors, prefix: str) -> None:
        self._tensors = tensors
        self._prefix = prefix

    def put(self, key: str, value: object) -> dict[str, Any]:
        """Return the value as JSON, or its tensor's name, or its type's name."""
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
                    return {"other": "a tensor that is too large"}
                self._tensors[name] = plain
                return {"tensor": name}
            if len(json.dumps(value)) <= VALUE_AT_MOST:
                return {"value": value}
        except Exception:  # noqa: S110 - any method of the student's object may raise
            pass
        return {"other": _words(type(value).__name__)}


def _failure(error: BaseException) -> dict[str, Any]:
    try:
        message = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException:  # the student may have written the error's __str__
        message = ""
    return {"type": _words(type(error).__name__), "message": _words(message), "line": _line(error)}


def _line(error: BaseException) -> int | None:
    """Return the last line of the notebook's code in the traceback, None if there is none."""
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
