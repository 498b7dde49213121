"""The host keys of devices: the files that store them, and the keys that are trusted."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from grader.devices.pool import DeviceSpec
from grader.errors import GraderError
from grader.text import sentence

SSH_PORT = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHost:
    """The name and port under which a device's key is stored, and the known_hosts files.

    New keys go to the first file. The name is the one in the SSH configuration, after aliases.
    """

    name: str
    port: int
    files: tuple[Path, ...]

    @property
    def entry(self) -> str:
        """The first field of a known_hosts line."""
        return self.name if self.port == SSH_PORT else f"[{self.name}]:{self.port}"

    def content(self) -> bytes:
        """Return the content of the files that exist; never empty.

        For asyncssh, empty content means the default files.

        Raises `GraderError`.
        """
        try:
            texts = [file.read_bytes() for file in self.files if file.exists()]
        except OSError as error:
            raise GraderError(f"{error.filename} cannot be read: {error.strerror}.") from error
        return b"\n".join([b"# known hosts", *texts, b""])

    def trusted(self) -> tuple[asyncssh.SSHKey, ...]:
        """Return the keys that are trusted for this device. Raises `GraderError`."""
        return self._listed()[0]

    def revoked(self) -> tuple[asyncssh.SSHKey, ...]:
        """Return the keys of this device that are marked @revoked. Raises `GraderError`."""
        return self._listed()[1]

    def _listed(self) -> tuple[tuple[asyncssh.SSHKey, ...], tuple[asyncssh.SSHKey, ...]]:
        port = None if self.port == SSH_PORT else self.port
        try:
            found = asyncssh.match_known_hosts(self.content(), self.name, "", port)
            return tuple(found[0]), tuple(found[2])
        except (ValueError, asyncssh.Error) as error:
            names = ", ".join(str(file) for file in self.files)
            raise GraderError(
                f"{names} is not a valid known_hosts file: {sentence(error)}"
            ) from error


def known_host_of(spec: DeviceSpec, options: asyncssh.SSHClientConnectionOptions) -> KnownHost:
    """Return where a device's key is stored.

    The pool file decides, then the SSH configuration, then the default is ~/.ssh/known_hosts. A
    configuration that turns the check off is ignored.
    """
    listed = options.known_hosts
    files: Sequence[Path] = (Path("~/.ssh/known_hosts").expanduser(),)
    if spec.known_hosts:
        files = (spec.known_hosts,)
    elif isinstance(listed, list) and listed:
        files = [Path(str(each)).expanduser() for each in listed]
    return KnownHost(
        name=options.host_key_alias or options.host, port=options.port, files=tuple(files)
    )


def fingerprint(key: asyncssh.SSHKey) -> str:
    """Return the fingerprint as ssh-keygen -l prints it: `SHA256:` and base64."""
    return key.get_fingerprint("sha256")
