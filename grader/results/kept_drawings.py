"""A cache of drawn charts: writing a class again draws only the charts that changed."""

import contextlib
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

from grader.files import replace_file
from grader.report.charts.drawing import Spec, svg

_version = cache(version)  # `version` reads a file, and is needed for every student's page


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDrawings:
    """Draws charts, and keeps each in `folder` under the hash of its specification.

    `asked` are the names of the files whose charts were drawn or read.
    """

    folder: Path
    asked: set[str] = field(default_factory=set)

    def draw(self, spec: Spec) -> str:
        """Return the chart as SVG; without a writable folder it is drawn every time."""
        content = json.dumps([_version("vl-convert-python"), spec], sort_keys=True).encode()
        name = f"{hashlib.sha256(content).hexdigest()[:32]}.svg"
        self.asked.add(name)
        file = self.folder / name
        with contextlib.suppress(OSError, UnicodeDecodeError):
            return file.read_text(encoding="utf-8")
        drawn = svg(spec)
        with contextlib.suppress(OSError):
            replace_file(file, drawn.encode())
        return drawn

    def forget_others(self, shown: Collection[str] = ()) -> None:
        """Delete the charts that `draw` has not returned and that are not among those `shown`."""
        with contextlib.suppress(OSError):
            for file in self.folder.glob("*.svg"):
                if file.name not in self.asked and file.name not in shown:
                    file.unlink(missing_ok=True)
