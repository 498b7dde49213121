"""The due date of a lab with its time zone, and its late policy."""

from datetime import datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, field_validator, model_validator

from grader.labs.table import Table, refuse

Percent = Annotated[float, Field(gt=0, le=100)]


def _zone_exists(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: "Asia" is a folder
        raise ValueError(f"{zone!r} is not a time zone") from error
    return zone


Zone = Annotated[str, AfterValidator(_zone_exists)]


class LatePolicy(Table):
    """The penalty for a late hand-in: none, all points, or `percent_per_day` of the earned points.

    A started day counts as a whole day. Up to `grace_minutes` after the due date there is no
    penalty; after that the days count from the due date. The penalty is at most `most_percent`.
    """

    policy: Literal["none", "refuse", "percent"] = "none"
    percent_per_day: Percent | None = None
    most_percent: Percent = 100
    grace_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = 0

    @model_validator(mode="after")
    def _percent_goes_with_its_policy(self) -> Self:
        faults = []
        if (self.policy == "percent") != (self.percent_per_day is not None):
            faults.append("percent_per_day is for policy percent, and required there")
        if self.policy != "percent" and "most_percent" in self.model_fields_set:
            faults.append("most_percent is for policy percent only")
        refuse(faults)
        return self

    def fraction(self, days: int) -> float:
        """The fraction (0 to 1) of the earned points that `days` started late days cost."""
        if days == 0 or self.policy == "none":
            return 0.0
        if self.percent_per_day is None:
            return 1.0
        return min(days * self.percent_per_day, self.most_percent) / 100


class Deadline(Table):
    """The due date: `due` is local time in `zone`, None if there is no date."""

    due: datetime | None = None
    zone: Zone
    late: LatePolicy = LatePolicy()

    @field_validator("due")
    @classmethod
    def _due_is_local(cls, due: datetime | None) -> datetime | None:
        if due is not None and due.tzinfo is not None:
            raise ValueError("must be local time; give the time zone as `zone`")
        return due

    @model_validator(mode="after")
    def _a_policy_needs_a_date(self) -> Self:
        if self.due is None and self.late.policy != "none":
            raise ValueError("a late policy needs a due date")
        return self

    @property
    def moment(self) -> datetime | None:
        """The due date with its time zone, None if there is no date."""
        return self.due.replace(tzinfo=ZoneInfo(self.zone)) if self.due else None
