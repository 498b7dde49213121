"""Explains why ExecuTorch's runtime does not load a program, so that a student can fix it."""

from collections.abc import Mapping

from grader.errors import Fault, Skip
from grader.text import sentence
from grader.types import SubmittedFile

_AGAIN = "Export it again from the saved model and run it once with the runner."
_WHOLE = "Hand in the file that to_executorch() writes, all of it."
_LOWER = "Lower the whole model with XnnpackPartitioner, as the lab does, and export it again."
# The reason and the help by a part of the runtime's message; the first match counts.
_REFUSALS: Mapping[str, tuple[str, str]] = {
    "kernel '": ("needs an operator that the runtime does not have", _LOWER),
    "Backend ": ("is for a backend other than XNNPACK", _LOWER),
    "No method named": (
        "has no method called forward",
        "Export the model itself: the runtime calls its forward.",
    ),
    "File size is too small": ("is truncated", _WHOLE),
    "> size_": ("is truncated", _WHOLE),
    "bad_alloc": ("needs more memory than the limit", _AGAIN),
    "": ("is damaged", _WHOLE),
}
# executorch 1.4's marks by their offset in the file: two letters and two digits of version.
_MARKS: Mapping[int, bytes] = {4: b"ET12", 8: b"eh00"}
# The runtime's message for files of the format until 2024, which have the same mark.
_INLINE_CONSTANTS = "PTE file relies on the constant_buffer path"


def explain_refusal(program: SubmittedFile, said: str) -> Fault | Skip:
    """The exception for a program that the runtime refuses; `said` is its first message.

    A `Skip` if an older or newer ExecuTorch made it, as its first bytes or the message show;
    else a `Fault`.
    """
    with program.path.open("rb") as file:
        head = file.read(12)
    if head[4:6] != b"ET":
        return Fault(
            f"{program.name} is not an ExecuTorch program.",
            help="Hand in the file that to_executorch() writes.",
            expected="bytes 4 to 8: ET12",
            actual=head[:8].hex(" ") or "an empty file",
        )
    ahead = _ahead(head)
    if ahead > 0:
        return _other_version(program, "a newer ExecuTorch than the grader's")
    if ahead < 0 or has_inline_constants(said):
        return _other_version(program, "an ExecuTorch that today's runtime no longer reads")
    what, help = next(told for sign, told in _REFUSALS.items() if sign in said)
    return Fault(f"{program.name} {what}: {sentence(said)}", help=help)


def has_inline_constants(said: str) -> bool:
    """True if the runtime refused a program because of its form of 2024, which can be changed."""
    return said.startswith(_INLINE_CONSTANTS)


def _ahead(head: bytes) -> int:
    """The versions that a file's marks are ahead of executorch 1.4's; negative if behind."""
    for at, ours in _MARKS.items():
        mark = head[at : at + 4]
        known = mark[:2] == ours[:2] and len(mark) == len(ours) and mark[2:].isdigit()
        if known and mark != ours:
            return int(mark[2:]) - int(ours[2:])
    return 0


def _other_version(program: SubmittedFile, maker: str) -> Skip:
    return Skip(
        f"{program.name} was made by {maker}; the program exported from the .pth was measured "
        "instead.",
        help="Export it again with executorch 1.4 to have your own program measured.",
    )
