"""Child: brings a program of 2024 to the form that today's runtime reads, without running it.

`convert_program PROGRAM {"inline": …}`: true if the runtime refused the program because its
constants are not in a segment. Since 2024 constants and delegates have moved into segments, and
XNNPACK's payload has changed (`xnnpack_payload`). The message is a safetensors file with `program`,
uint8 of shape (bytes,), or with one of two keys in its metadata: `current` if the program has
today's form already, `unconvertible` with the reason if it cannot be brought to it.

ExecuTorch's reader imports torch only for its annotations. The child starts without torch, which
would be five sixths of its start.
"""

import contextlib
import errno
import json
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy
from safetensors.numpy import save

from grader.inference.lean_imports import bare_packages, stand_in
from grader.inference.quiet import quiet_libraries
from grader.sandbox.child.message import message_pipe, printable

ALIGNMENT = 16  # bytes, as in executorch.exir.tensor


@contextlib.contextmanager
def _without_torch() -> Iterator[None]:
    """Inside the block ExecuTorch's reader finds what it imports of torch and of its tensors.

    Only for the child: the reader keeps the stand-ins, and the exporter could not work with them.
    """
    tensor = type("Tensor", (), {})
    with (
        stand_in("torch", Tensor=tensor),
        stand_in("executorch.exir.tensor", ALIGNMENT=ALIGNMENT),
        stand_in("executorch.exir.tensor_layout", TensorLayout=None),
    ):
        yield


_is_child = __name__ == "__main__"

with (
    quiet_libraries(),
    bare_packages("executorch.exir"),
    _without_torch() if _is_child else contextlib.nullcontext(),
):
    from executorch.exir._serialize._program import deserialize_pte_binary, serialize_pte_binary
    from executorch.exir.schema import Program

    from grader.sandbox.child.xnnpack_payload import converted_payload

_BACKEND = "XnnpackBackend"
# The exceptions of ExecuTorch's reader and writer for tables that do not fit each other.
_DAMAGED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)
# An enormous program fills the scratch folder, or a file reaches its limit.
_NO_SPACE = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


def main() -> None:
    """Send the message for argv[1]; a refusal is a message too."""
    with message_pipe() as pipe:
        settings = json.loads(sys.argv[2])
        pipe.write(answer(Path(sys.argv[1]).read_bytes(), settings["inline"]))


def answer(program: bytes, inline: bool) -> bytes:
    """Return the message for a program of these bytes; `inline` is the setting."""
    try:
        converted = convert(program, inline)
    except MemoryError:
        return _note("unconvertible", "it needs more memory than the limit")
    except subprocess.CalledProcessError as error:
        return _note("unconvertible", _ended(error.returncode))
    except OSError as error:
        if error.errno not in _NO_SPACE:
            raise
        return _note("unconvertible", "its JSON needs more space than the limit")
    except _DAMAGED as error:
        return _note("unconvertible", f"it is damaged ({type(error).__name__}: {error})")
    if converted is None:
        return _note("current", "")
    return save({"program": numpy.frombuffer(converted, numpy.uint8)})


def _ended(returncode: int) -> str:
    if returncode == -signal.SIGXCPU:
        return "it needs more processor time than the limit"
    how = f"signal {-returncode}" if returncode < 0 else "an error"
    return f"flatc ended with {how} on its XNNPACK payload"


def convert(program: bytes, inline: bool) -> bytes | None:
    """Return the program in today's form, None if it has that form already.

    Raises the exceptions of `_DAMAGED`, `MemoryError`, or `CalledProcessError` of flatc.
    """
    file = deserialize_pte_binary(program)
    if not (_convert_payloads(file.program) or inline):
        return None
    return bytes(serialize_pte_binary(file, extract_delegate_segments=True))


def _convert_payloads(program: Program) -> bool:
    """Convert the payloads for XNNPACK in place; return True if one has changed."""
    changed = False
    delegates = (each for plan in program.execution_plan for each in plan.delegates)
    for number in sorted({each.processed.index for each in delegates if each.id == _BACKEND}):
        inline = program.backend_delegate_data[number]
        converted = converted_payload(inline.data)
        changed |= converted != inline.data
        inline.data = converted
    return changed


def _note(key: str, text: str) -> bytes:
    return save({}, metadata={key: printable(text, 200)})


if __name__ == "__main__":
    main()
