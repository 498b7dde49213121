"""Silences what large packages say while they are imported, export and load."""

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Silence messages of imports and exports, also those that do not use Python's streams."""
    loggers = logging.getLogger("torch"), logging.getLogger()
    levels = [logger.level for logger in loggers]
    saved = os.dup(2)
    # The runtime also writes to sys.stderr, which is not always file descriptor 2.
    with Path(os.devnull).open("w") as sink, contextlib.redirect_stderr(sink):
        try:
            for logger in loggers:
                logger.setLevel(logging.ERROR)
            os.dup2(sink.fileno(), 2)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
