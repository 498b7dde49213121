"""The pipe for a child's message: its original stdout, which libraries cannot print to."""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import IO


@contextlib.contextmanager
def message_pipe() -> Iterator[IO[bytes]]:
    """Yield the message's pipe; all other output to stdout, from C or Python, goes to stderr."""
    sys.stdout.flush()
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with pipe:
        yield pipe
