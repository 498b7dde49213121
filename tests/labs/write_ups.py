"""A small lab of write-ups."""

from typing import Any

from grader.labs.write_up_lab import WriteUpLab

CONTENT: dict[str, Any] = {
    "schema_version": 1,
    "kind": "write-up",
    "name": "device-report",
    "title": "A report of measurements",
    "summary": "One PDF.",
    "deadline": {"zone": "UTC"},
    "limits": {
        "archive_bytes": 100_000,
        "unpacked_bytes": 200_000,
        "entries": 50,
        "ratio": 200.0,
        "pdf_bytes": 50_000,
    },
    "items": [
        {"id": "time", "title": "On time", "points": 2, "kind": "on-time"},
        {
            "id": "discussion",
            "title": "Discussion",
            "points": 1,
            "kind": "rubric",
            "levels": [
                {"points": 0, "words": "no discussion"},
                {"points": 1, "words": "results are explained"},
            ],
        },
    ],
}


def write_up_lab(**changed: Any) -> WriteUpLab:
    """The lab with some of its tables changed."""
    return WriteUpLab.model_validate({**CONTENT, **changed})
