"""The statistics of a class as JSON."""

import json
from dataclasses import asdict

from grader.report.class_statistics import ClassStatistics

SCHEMA_VERSION = 1


def render(found: ClassStatistics) -> str:
    """Return the fields of `ClassStatistics` and of its parts, with a `schema_version` first."""
    document = {"schema_version": SCHEMA_VERSION, **asdict(found)}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
