"""A child's one way to answer: the stdout it was started with, kept free of library chatter."""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import IO


@contextlib.contextmanager
def message_pipe() -> Iterator[IO[bytes]]:
    """The answer's pipe; whatever else prints to stdout, in C or Python, goes to stderr."""
    sys.stdout.flush()
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with pipe:
        yield pipe
