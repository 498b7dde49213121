"""Getting to know a board: its key is looked at, compared by a person, and only then kept."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import asyncssh

from grader.devices.connection import Refused, Unreachable
from grader.devices.host_keys import Place, fingerprint, place_of
from grader.devices.login import options_of, shown_by, stranger
from grader.devices.pool import DeviceSpec
from grader.errors import GraderError


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """The key that a board shows.

    `fingerprint` is as ssh-keygen -l prints it, `kind` the key's, `entry` and `line` what its line
    in `file`, a known_hosts, would begin with and be. `state` says whether it is there already.
    """

    device: str
    entry: str
    kind: str
    fingerprint: str
    line: str
    file: Path
    state: Literal["unknown", "trusted"]


def look(spec: DeviceSpec) -> Introduction:
    """Look at a board's key; nothing is written, and nobody logs in.

    Raises `Unreachable`, and `Refused` with both fingerprints where another key is trusted: that
    one is never replaced here.
    """
    if spec.scheme != "ssh":
        raise GraderError(f"{spec.name} has no key to trust: it is this machine.")
    place, shown = asyncio.run(_look(spec))
    if shown is None:
        raise Unreachable(
            f"{spec.name} shows no key at {place.entry}.",
            help="Is it switched on, and does `ssh` reach it?",
        )
    if shown in place.revoked():
        raise Refused(
            f"{spec.name} shows a key that is marked @revoked: {fingerprint(shown)}.",
            help="Somebody said that it is not to be trusted any more: give the board a new one.",
        )
    trusted = place.trusted()
    if trusted and shown not in trusted:
        raise stranger(spec, place, shown, Refused("another key"))
    public = shown.export_public_key("openssh").decode("ascii").split()
    return Introduction(
        device=spec.name,
        entry=place.entry,
        kind=shown.get_algorithm(),
        fingerprint=fingerprint(shown),
        line=" ".join((place.entry, *public[:2])),
        file=place.files[0],
        state="trusted" if trusted else "unknown",
    )


def keep(introduction: Introduction) -> None:
    """Trust the board from now on: add its line to the file. Raises `GraderError`."""
    file = introduction.file
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as known:
            before = known.read()
            ended = not before or before.endswith(b"\n")
            known.write(b"" if ended else b"\n")
            known.write(f"{introduction.line}\n".encode("ascii"))
    except OSError as error:
        raise GraderError(f"{file} cannot be written: {error.strerror}.") from error


async def _look(spec: DeviceSpec) -> tuple[Place, asyncssh.SSHKey | None]:
    return place_of(spec, await options_of(spec)), await shown_by(spec)
