"""Trust in a device: its host key is shown, compared by a person, and only then stored."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import asyncssh

from grader.devices.connection import Refused, Unreachable
from grader.devices.host_keys import KnownHost, fingerprint, known_host_of
from grader.devices.login import host_key_of, host_key_refusal, options_of
from grader.devices.pool import DeviceSpec
from grader.errors import GraderError


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKey:
    """The host key that a device presents.

    `fingerprint` is as ssh-keygen -l prints it, `kind` the key type. `line` is its line for `file`,
    a known_hosts file, and `entry` the first field of that line. `state` is `trusted` if the file
    has it already.
    """

    device: str
    entry: str
    kind: str
    fingerprint: str
    line: str
    file: Path
    state: Literal["unknown", "trusted"]


def show_key(spec: DeviceSpec) -> ShownKey:
    """Return the host key of a device, without logging in or writing anything.

    Raises `Unreachable`, and `Refused` with both fingerprints if another key is trusted: that key
    is never replaced here.
    """
    if spec.scheme != "ssh":
        raise GraderError(f"{spec.name} has no host key: it is this machine.")
    known_host, shown = asyncio.run(_shown(spec))
    if shown is None:
        raise Unreachable(
            f"{spec.name} presents no host key at {known_host.entry}.",
            help="Check that it is switched on, and that `ssh` can reach it.",
        )
    if shown in known_host.revoked():
        raise Refused(
            f"The host key of {spec.name} is marked @revoked: {fingerprint(shown)}.",
            help="The key must not be trusted any more: create a new host key on the device.",
        )
    trusted = known_host.trusted()
    if trusted and shown not in trusted:
        raise host_key_refusal(spec, known_host, shown, Refused("another key"))
    public = shown.export_public_key("openssh").decode("ascii").split()
    return ShownKey(
        device=spec.name,
        entry=known_host.entry,
        kind=shown.get_algorithm(),
        fingerprint=fingerprint(shown),
        line=" ".join((known_host.entry, *public[:2])),
        file=known_host.files[0],
        state="trusted" if trusted else "unknown",
    )


def trust_key(shown: ShownKey) -> None:
    """Trust the key from now on: add its line to the file. Raises `GraderError`."""
    file = shown.file
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as known:
            before = known.read()
            ended = not before or before.endswith(b"\n")
            known.write(b"" if ended else b"\n")
            known.write(f"{shown.line}\n".encode("ascii"))
    except OSError as error:
        raise GraderError(f"{file} cannot be written: {error.strerror}.") from error


async def _shown(spec: DeviceSpec) -> tuple[KnownHost, asyncssh.SSHKey | None]:
    return known_host_of(spec, await options_of(spec)), await host_key_of(spec)
