"""When a lab's hand-in is due, in the zone in which that is meant."""

from datetime import datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from grader.labs.table import Table, refuse

Percent = Annotated[float, Field(gt=0, le=100)]


class LatePolicy(Table):
    """What it costs to be late: nothing, everything, or `percent_per_day` of what was earned.

    A day counts as soon as it has begun. Up to `grace_minutes` after the due date nothing is taken
    off; beyond it the days count from the due date itself. No more than `most_percent` is taken.
    """

    policy: Literal["none", "refuse", "percent"] = "none"
    percent_per_day: Percent | None = None
    most_percent: Percent = 100
    grace_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = 0

    @model_validator(mode="after")
    def _percent_goes_with_its_policy(self) -> Self:
        faults = []
        if (self.policy == "percent") != (self.percent_per_day is not None):
            faults.append("percent_per_day goes with policy percent, and with no other")
        if self.policy != "percent" and "most_percent" in self.model_fields_set:
            faults.append("most_percent goes with policy percent, and with no other")
        refuse(faults)
        return self

    def fraction(self, days: int) -> float:
        """The fraction of the points that is taken off after `days` begun; 0 for none."""
        if days == 0 or self.policy == "none":
            return 0.0
        if self.percent_per_day is None:
            return 1.0
        return min(days * self.percent_per_day, self.most_percent) / 100


class Deadline(Table):
    """When the hand-in is due: `due` is local time in `zone`, None where no date is known."""

    due: datetime | None = None
    zone: str
    late: LatePolicy = LatePolicy()

    @field_validator("due")
    @classmethod
    def _due_is_local(cls, due: datetime | None) -> datetime | None:
        if due is not None and due.tzinfo is not None:
            raise ValueError("this is local time: give its zone as `zone`")
        return due

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # "Asia" is a folder
            raise ValueError(f"{zone!r} is not a time zone") from error
        return zone

    @model_validator(mode="after")
    def _a_policy_needs_a_date(self) -> Self:
        if self.due is None and self.late.policy != "none":
            raise ValueError("a policy for what is late needs a due date")
        return self

    @property
    def moment(self) -> datetime | None:
        """The due date with its zone."""
        return self.due.replace(tzinfo=ZoneInfo(self.zone)) if self.due else None
