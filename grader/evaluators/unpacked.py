"""An unpacked hand-in, which the evaluators of single files measure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from grader.errors import Skip
from grader.evaluators.hidden_draw import hidden_generator
from grader.labs.network_lab import NetworkLab
from grader.notebook.another_lab import another_lab
from grader.notebook.blank import blank_of
from grader.notebook.locate import Located, locate
from grader.notebook.notebook import Notebook
from grader.notebook.read import read_notebook
from grader.sandbox.start import Isolation
from grader.types import Role, Submission


@dataclass(frozen=True, kw_only=True)  # no slots: cached_property keeps its results in __dict__
class UnpackedSubmission:
    """A hand-in on disk, and the settings to measure it.

    `work` is this hand-in's own scratch folder; `pages` is the folder that keeps the notebooks'
    pages, None to make none; `watch` is called with (step, parts done, parts in all).
    `checkpoint_key` is the key of the network to measure, None for the first one. `secret` decides
    what is drawn for this hand-in.
    """

    submission: Submission
    lab: NetworkLab
    isolation: Isolation
    threads: int
    work: Path
    watch: Callable[[str, int, int], None]
    secret: bytes = field(repr=False)
    pages: Path | None = None
    checkpoint_key: str | None = None

    def random(self, purpose: str) -> np.random.Generator:
        """Return a generator for `purpose`, the same one each time; no hand-in can know it."""
        return hidden_generator(self.secret, self.submission.sha256, purpose)

    @cached_property
    def notebook(self) -> Notebook:
        """The notebook, read once. Raises `Skip` if there is none, `Fault`, `HarnessError`."""
        file = self.submission.file(Role.NOTEBOOK)
        if file is None:
            raise Skip("There is no notebook to read.")
        return read_notebook(file, self.isolation)

    @cached_property
    def located(self) -> tuple[Located, ...]:
        """The answer to each of the lab's questions, located. Raises as `notebook` does."""
        return locate(self.notebook, self.lab, blank_of(self.lab))

    @cached_property
    def another_lab(self) -> str | None:
        """The sign that the notebook is another lab's, None without one. Raises as `notebook`."""
        return another_lab(self.notebook, self.lab, self.located)
