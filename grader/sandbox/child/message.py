"""A child's one way to answer: the stdout it was started with, kept free of library chatter."""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import IO


def printable(text: str, most: int) -> str:
    """The first `most` characters on one line; a `?` for each that does not show.

    The rule of `grader.text.masked`, which no child can import. The parent does not rely on it.
    """
    shown = (each if each.isprintable() else " " if each.isspace() else "?" for each in text[:most])
    return "".join(shown)


@contextlib.contextmanager
def message_pipe() -> Iterator[IO[bytes]]:
    """The answer's pipe; whatever else prints to stdout, in C or Python, goes to stderr."""
    sys.stdout.flush()
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with pipe:
        yield pipe
