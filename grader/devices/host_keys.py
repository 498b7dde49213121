"""The keys by which devices are known: where they are kept, and whether one is among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from grader.devices.pool import DeviceSpec
from grader.errors import GraderError

SSH_PORT = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Under what name and port a device's key is kept, and in which files; new ones in the first.

    The name is the SSH configuration's, after aliases.
    """

    name: str
    port: int
    files: tuple[Path, ...]

    @property
    def entry(self) -> str:
        """The name as a line of known_hosts begins."""
        return self.name if self.port == SSH_PORT else f"[{self.name}]:{self.port}"

    def kept(self) -> bytes:
        """What the files hold, those that are there; never empty, for that would mean others.

        Raises `GraderError`.
        """
        try:
            texts = [file.read_bytes() for file in self.files if file.exists()]
        except OSError as error:
            raise GraderError(f"{error.filename} cannot be read: {error.strerror}.") from error
        return b"\n".join([b"# known hosts", *texts, b""])

    def trusted(self) -> tuple[asyncssh.SSHKey, ...]:
        """The keys that are trusted for this device. Raises `GraderError`."""
        return self._listed()[0]

    def revoked(self) -> tuple[asyncssh.SSHKey, ...]:
        """The keys of this device that are marked @revoked. Raises `GraderError`."""
        return self._listed()[1]

    def _listed(self) -> tuple[tuple[asyncssh.SSHKey, ...], tuple[asyncssh.SSHKey, ...]]:
        port = None if self.port == SSH_PORT else self.port
        try:
            found = asyncssh.match_known_hosts(self.kept(), self.name, "", port)
            return tuple(found[0]), tuple(found[2])
        except (ValueError, asyncssh.Error) as error:
            names = ", ".join(str(file) for file in self.files)
            raise GraderError(f"{names} cannot be understood: {error}.") from error


def place_of(spec: DeviceSpec, options: asyncssh.SSHClientConnectionOptions) -> Place:
    """Where a device's key is kept, by the pool's file, else the SSH configuration, else as usual.

    A configuration that turns the check off changes nothing: keys are then kept as usual.
    """
    listed = options.known_hosts
    files: Sequence[Path] = (Path("~/.ssh/known_hosts").expanduser(),)
    if spec.known_hosts:
        files = (spec.known_hosts,)
    elif isinstance(listed, list) and listed:
        files = [Path(str(each)).expanduser() for each in listed]
    return Place(name=options.host_key_alias or options.host, port=options.port, files=tuple(files))


def fingerprint(key: asyncssh.SSHKey) -> str:
    """As ssh-keygen -l prints it: `SHA256:` and base64."""
    return key.get_fingerprint("sha256")
