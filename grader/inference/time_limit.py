"""The processor time that the passes of one network may take, by the network's size.

A pass of our own runs in the grader's process, where nothing else would stop it. Subnormal weights
make a processor a hundred times slower.
"""

import contextlib
import threading
import time
from collections.abc import Iterator

import torch

from grader.datasets.dataset import Preprocessing
from grader.errors import HarnessError
from grader.inference.operations import count
from grader.inference.runnable import Runnable

SECONDS_AT_LEAST = 120.0
# Of one thread. A PC computes 1e10 multiply-adds in a second, a Raspberry Pi 4 about 1e9; a network
# of hardly any operations takes 5 ms for an image on a PC.
MULTIPLY_ADDS_PER_SECOND = 2e8
SECONDS_FOR_AN_IMAGE = 0.05


class TimeLimit:
    """Counts the processor time of the threads that run a network, up to `seconds`.

    A busy machine does not make it shorter, because time without the processor does not count.
    """

    def __init__(self, network: Runnable, images: int, preprocessing: Preprocessing) -> None:
        """Set the limit for `images` images: several times what a slow machine needs."""
        side = preprocessing.side
        example = torch.zeros(1, len(preprocessing.mean), side, side)
        multiply_adds, _ = count(network.module, example)
        each = SECONDS_FOR_AN_IMAGE + multiply_adds / MULTIPLY_ADDS_PER_SECOND
        self.seconds = SECONDS_AT_LEAST + images * each
        self._spent = 0.0
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """Count the processor time of this thread in the block.

        Raises `HarnessError` before the block if the time is used up.
        """
        if self._spent > self.seconds:
            raise HarnessError(
                f"The network took more than {self.seconds:,.0f} s of processor time, which is "
                "ample for its size. Its weights may be subnormal, or this machine is too slow."
            )
        started = time.thread_time()
        try:
            yield
        finally:
            with self._lock:
                self._spent += time.thread_time() - started
