"""A moment in the lab's time zone, for people."""

from datetime import datetime
from zoneinfo import ZoneInfo


def in_zone(moment: str, zone: str) -> str:
    """Return the ISO 8601 `moment` as local time in `zone`: `2024-04-05 09:12`.

    A text that is no moment with a UTC offset is returned as it is.
    """
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    if parsed.tzinfo is None:
        return moment
    return f"{parsed.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
