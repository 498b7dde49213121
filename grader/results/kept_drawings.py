"""Charts drawn once: a class that is written again draws only what has changed."""

import contextlib
import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

from grader.files import replace_file
from grader.report.charts.drawing import Spec, svg

_version = cache(version)  # which reads a file, for every student's page


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDrawings:
    """Draws, and keeps each picture in `folder` under the hash of its specification."""

    folder: Path
    _asked: set[str] = field(default_factory=set)

    def draw(self, spec: Spec) -> str:
        """The chart as SVG; where nothing can be kept, it is drawn every time."""
        content = json.dumps([_version("vl-convert-python"), spec], sort_keys=True).encode()
        name = f"{hashlib.sha256(content).hexdigest()[:32]}.svg"
        self._asked.add(name)
        file = self.folder / name
        with contextlib.suppress(OSError, UnicodeDecodeError):
            return file.read_text(encoding="utf-8")
        drawn = svg(spec)
        with contextlib.suppress(OSError):
            replace_file(file, drawn.encode())
        return drawn

    def forget_others(self) -> None:
        """Delete what was not asked for this time: a class has no use for it any more."""
        with contextlib.suppress(OSError):
            for file in self.folder.glob("*.svg"):
                if file.name not in self._asked:
                    file.unlink(missing_ok=True)
