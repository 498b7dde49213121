"""The commands that CI systems find in the lines of a log, read as their sources read them."""

import re

# Azure: `##vso[`, and `##[` as GitHub's older form, anywhere in a line; TeamCity likewise.
_ANYWHERE = re.compile(r"##(?:vso|teamcity)?\[|section_(?:start|end):\d+:", re.IGNORECASE)


def commands_in(log: str) -> list[str]:
    """Return the lines of `log` that GitHub's runner, Azure, GitLab or TeamCity act on.

    GitHub's runner takes `::` at the start of a line after spaces, and nothing between
    `::stop-commands::TOKEN` and `::TOKEN::`; these two lines are not returned.
    """
    found: list[str] = []
    token: str | None = None
    for line in re.split(r"\r\n|\r|\n", log):
        begun = line.lstrip()
        if token is not None:
            token = None if begun == f"::{token}::" else token
            continue
        if begun.startswith("::stop-commands::"):
            token = begun.removeprefix("::stop-commands::")
        elif begun.startswith("::") or _ANYWHERE.search(line):
            found.append(line)
    return found


def commands_anywhere(log: str) -> list[str]:
    """Return the same, also between the lines that stop commands, which not all systems know."""
    ours = re.compile(r"::stop-commands::[0-9a-f]{32}|::[0-9a-f]{32}::")
    return commands_in("\n".join(each for each in log.split("\n") if not ours.fullmatch(each)))
