"""Brightspace's (D2L's) “Download” of an assignment: a folder for each submission, and index.html.

    {user}-{assignment} - {First Last} - {Sep 24, 2024 926 PM}/{file}

A student who hands in again has two folders: the later one counts. Some sites write the course's
number in place of the user's: then two folders with one name can be of two students, and a person
looks. The time is that of the
institution, and its zone is not written.
"""

import re
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from grader.lms.listing import DownloadedFile, FileList, Gathered, Reader, Reading, by_student
from grader.text import shown
from grader.types import Arrival

NAME = "brightspace"
MEMBER = re.compile(
    r"(?P<place>(?P<user>\d+)-\d+ - (?P<name>[^/]+) - (?P<when>(?:(?! - )[^/])*\b\d{4}\b[^/]*))/"
    r"(?P<file>.+)",
    re.DOTALL,
)
DATES = ("%b %d, %Y", "%B %d, %Y", "%d %b, %Y", "%d %B, %Y", "%d %b %Y", "%d %B %Y", "%Y-%m-%d")
CLOCK = re.compile(r" (?P<hour>\d{1,2}):?(?P<minute>\d\d)(?: ?(?P<half>[AP]M))?\Z", re.IGNORECASE)


def owner(name: str) -> str | None:
    """Return the user's number and name; None if Brightspace has not named the file.

    The number alone is not enough: some sites write that of the course.
    """
    found = MEMBER.fullmatch(name)
    return found and f"{found['user']} {found['name']}"


def read(file_list: FileList) -> Reading:
    """Return the files in the latest folder of each user."""
    folders: defaultdict[tuple[str, str], dict[str, Gathered]] = defaultdict(dict)
    times: dict[str, str] = {}
    for member in file_list.names:
        found = MEMBER.fullmatch(member)
        assert found is not None
        place = f"{found['place']}/"
        who = Arrival(lms=NAME, lms_id=found["user"], name=found["name"], place=place)
        mine = folders[found["user"], found["name"]].setdefault(place, Gathered(who=who))
        mine.files.append(DownloadedFile(member=member, name=found["file"]))
        times[place] = moment(found["when"])
    names_of: defaultdict[str, set[str]] = defaultdict(set)
    for user, name in folders:
        names_of[user].add(name)
    latest = []
    for (user, _), submissions in folders.items():
        *before, last = sorted(submissions, key=lambda place: (times[place], place))
        names = [each.name for place in before for each in submissions[place].files]
        counts = submissions[last]
        two = before and len(names_of[user]) > 1  # a course's number: two can have one name
        review = f"{shown(last)} and {shown(before[-1])} can be of two students" if two else None
        counts.who = replace(counts.who, superseded=tuple(names), review=review)
        latest.append(counts)
    often = Counter(each.who.lms_id for each in latest)
    for each in latest:
        if often[each.who.lms_id] > 1:
            each.who = replace(each.who, lms_id=f"{each.who.lms_id} {each.who.name}")
    return by_student(latest)


def moment(when: str) -> str:
    """Return the time as a text that sorts by time, or `when` itself if it cannot be read."""
    clock = CLOCK.search(when)
    if clock is None:
        return when
    day, half = when[: clock.start()], (clock["half"] or "").upper()
    hour = int(clock["hour"]) % 12 + 12 * (half == "PM") if half else int(clock["hour"])
    for form in DATES:
        with suppress(ValueError):
            date = datetime.strptime(day, form).date().isoformat()
            return f"{date} {hour:02}:{clock['minute']}"
    return when


READER = Reader(owner=owner, read=read, extras=frozenset({"index.html"}))
