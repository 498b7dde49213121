"""When a lab's hand-in is due, in the zone in which that is meant."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import field_validator

from grader.labs.question import Table


class Deadline(Table):
    """When the hand-in is due: `due` is local time in `zone`, None where no date is known."""

    due: datetime | None = None
    zone: str

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

    @property
    def moment(self) -> datetime | None:
        """The due date with its zone."""
        return self.due.replace(tzinfo=ZoneInfo(self.zone)) if self.due else None
