"""Writes a report as JSON text, and reads it; docs/json.md describes the format."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from grader.errors import GraderError
from grader.text import sentence
from grader.types import (
    Arrival,
    Extension,
    Grade,
    GradedQuestion,
    GradeItem,
    Json,
    Lateness,
    Measurement,
    Member,
    Provenance,
    Report,
    Role,
    Status,
    Submission,
    SubmittedFile,
    Term,
)

SCHEMA_VERSION = 1

# Only a key of `provenance` is indented so; a quote in a text of a hand-in is escaped.
_SCORED_AT = re.compile(r'^    "graded_at": "[^"]*"', re.MULTILINE)


def render(report: Report) -> str:
    """Return the report as indented JSON that ends with a newline and can be encoded as UTF-8.

    A number that is not finite becomes null. A file's path in the work folder is left out: that
    file no longer exists when the report is read, and the path would make equal runs differ.
    """
    return as_text({"schema_version": SCHEMA_VERSION, **as_object(report)})


def as_text(document: Mapping[str, Json]) -> str:
    """Return an object as indented JSON that ends with a newline and can be encoded as UTF-8."""
    try:
        return to_json(document, indent=2).decode() + "\n"
    except PydanticSerializationError:
        # A file name that is not UTF-8 has lone surrogates; each is written as its JSON escape.
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
        return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def undated(rendered: str) -> str:
    """Return what `render` returned without the time of the scoring."""
    return _SCORED_AT.sub("", rendered)


def parse(text: str) -> Report:
    """Return the report that `render` wrote; each file's `path` is its name as handed in.

    Raises `GraderError` if the text is not a report or has another schema version.
    """
    try:
        document = json.loads(text)
        version = document["schema_version"]
        if version == SCHEMA_VERSION:
            return _report(document)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise GraderError(
            f"The text is not a report of the grader: {sentence(error)}",
            help="Grade the hand-in again.",
        ) from error
    raise GraderError(
        f"The report has schema version {version}; this grader reads {SCHEMA_VERSION}.",
        help="Read it with the grader that wrote it, or grade the hand-in again.",
    )


def as_object(record: object) -> dict[str, Json]:
    """Return a record as JSON values; a number that is not finite becomes None.

    Raises `TypeError` if a value in it is none of JSON.
    """
    if not is_dataclass(record):
        raise TypeError(f"{type(record).__name__} is no JSON value")
    left_out = {"path"} if isinstance(record, SubmittedFile) else set()
    return {
        field.name: _plain(getattr(record, field.name))
        for field in fields(record)
        if field.name not in left_out
    }


def _plain(value: Any) -> Json:  # noqa: PLR0911 - one return for each kind of JSON value
    if isinstance(value, int) or value is None:  # first, because a confusion matrix has so many
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Path):
        return value.as_posix()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return as_object(value)


Raw = dict[str, Any]


def _report(raw: Raw) -> Report:
    return Report(
        submission=submission_from(raw["submission"]),
        measurements=tuple(measurement_from(each) for each in raw["measurements"]),
        grade=_grade(raw["grade"]),
        provenance=Provenance(**raw["provenance"]),
    )


def submission_from(raw: Raw) -> Submission:
    """Return the hand-in of a JSON object. Raises `TypeError`, `KeyError` or `ValueError`."""
    files = tuple(
        SubmittedFile(**{**file, "role": Role(file["role"]), "path": Path(file["name"])})
        for file in raw["files"]
    )
    return Submission(
        **{
            **raw,
            "source": Path(raw["source"]),
            "files": files,
            "handed_in": _handed_in(raw.get("handed_in")),  # older reports have none
        }
    )


def _handed_in(raw: Raw | None) -> Arrival | None:
    if raw is None:
        return None
    members = tuple(Member(**each) for each in raw.get("members", ()))
    extension = raw.get("extension")  # older reports have none
    return Arrival(
        **{
            **raw,
            "superseded": tuple(raw["superseded"]),
            "members": members,
            "extension": extension and Extension(**extension),
        }
    )


def measurement_from(raw: Raw) -> Measurement:
    """Return the measurement of a JSON object. Raises `TypeError`, `KeyError` or `ValueError`."""
    return Measurement(**{**raw, "status": Status(raw["status"])})


def _grade(raw: Raw) -> Grade:
    items = tuple(_item(item) for item in raw["items"])
    late = raw.get("lateness")  # older reports have none
    return Grade(
        **{
            **raw,
            "items": items,
            "review": tuple(raw["review"]),
            "lateness": late and Lateness(**late),
        }
    )


def _item(raw: Raw) -> GradeItem:
    terms = tuple(Term(**term) for term in raw["terms"])
    questions = tuple(
        GradedQuestion(**{**each, "status": Status(each["status"])})
        for each in raw.get("questions", [])  # older reports have none
    )
    return GradeItem(
        **{**raw, "status": Status(raw["status"]), "terms": terms, "questions": questions}
    )
