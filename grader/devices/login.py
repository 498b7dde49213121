"""Logging in to a device: with keys, agents and certificates, and to the right device only.

No password is asked for, kept or sent. What the pool does not say is the SSH configuration's.
"""

import asyncio
from typing import Any

import asyncssh

from grader.devices.connection import Refused, Unreachable
from grader.devices.host_keys import Place, fingerprint, place_of
from grader.devices.pool import DeviceSpec
from grader.errors import GraderError

KEEPALIVES = 3  # unanswered before a connection is lost


class _Witness(asyncssh.SSHClient):
    """Trusts no key that is not known, and remembers which was shown."""

    def __init__(self) -> None:
        self.shown: asyncssh.SSHKey | None = None

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        del host, addr, port
        self.shown = key
        return False


async def options_of(spec: DeviceSpec) -> asyncssh.SSHClientConnectionOptions:
    """What the SSH configuration says of a device. Raises `GraderError`."""
    try:
        options: asyncssh.SSHClientConnectionOptions
        options = await asyncssh.SSHClientConnectionOptions.construct(None, **_settings(spec))
        return options
    except (OSError, ValueError, asyncssh.Error) as error:
        raise GraderError(
            f"{spec.name}: the SSH configuration cannot be used: {error}.",
            help="`ssh -G HOST` shows what OpenSSH makes of it.",
        ) from error


def _settings(spec: DeviceSpec) -> dict[str, Any]:
    """What of asyncssh's options the pool says; anything else is left to the configuration."""
    config = [str(spec.ssh_config)] if spec.ssh_config else ()  # (): as `ssh` would
    said: dict[str, Any] = {"host": spec.host, "config": config}
    if spec.user:
        said["username"] = spec.user
    if spec.port:
        said["port"] = spec.port
    return said


async def log_in(spec: DeviceSpec) -> asyncssh.SSHClientConnection:
    """A connection to a device that is known, and that knows one of our keys.

    Raises `Unreachable`, `Refused` and `GraderError`.
    """
    options = await options_of(spec)
    place = place_of(spec, options)
    place.trusted()  # raises where the files cannot be understood
    witness = _Witness()
    seconds = spec.stall_seconds
    try:
        return await asyncssh.connect(
            **_settings(spec),
            known_hosts=place.kept(),
            client_factory=lambda: witness,
            preferred_auth="publickey",
            password_auth=False,
            kbdint_auth=False,
            agent_forwarding=False,  # whatever runs there could log in elsewhere with it
            x11_forwarding=False,
            connect_timeout=seconds,
            login_timeout=seconds,
            keepalive_interval=seconds / (KEEPALIVES + 1),
            keepalive_count_max=KEEPALIVES,
        )
    except asyncssh.HostKeyNotVerifiable as error:
        raise stranger(spec, place, witness.shown, error) from error
    except asyncssh.PermissionDenied as error:
        raise Refused(
            f"{spec.name} lets {options.username} not in: {_plain(error)}.",
            help=f"Put your key there with `ssh-copy-id -p {options.port} "
            f"{options.username}@{options.host}`, or name the right user in the address. "
            "Passwords are never used.",
        ) from error
    except (TimeoutError, OSError, asyncssh.Error) as error:
        if place.trusted() and isinstance(error, (asyncssh.DisconnectError, ConnectionError)):
            # Only the kinds of key that are known were asked for, and the device has none of them.
            shown = await shown_by(spec)
            if shown and shown not in place.trusted():
                raise stranger(spec, place, shown, error) from error
        why = "no answer" if isinstance(error, TimeoutError) else _plain(error)
        raise Unreachable(
            f"{spec.name} cannot be reached at {place.entry}: {why}.",
            help="Is it switched on, and does `ssh` reach it?",
        ) from error


async def shown_by(spec: DeviceSpec) -> asyncssh.SSHKey | None:
    """The key that a device shows, trusted or not; None where it shows none."""
    try:
        async with asyncio.timeout(spec.stall_seconds):
            said = {key: value for key, value in _settings(spec).items() if key != "username"}
            return await asyncssh.get_server_host_key(**said)
    except (TimeoutError, OSError, asyncssh.Error):
        return None


def stranger(
    spec: DeviceSpec, place: Place, shown: asyncssh.SSHKey | None, error: Exception
) -> Refused:
    """Why a device with this key is not spoken to: nobody knows it, or it was another before."""
    known = place.trusted()
    if shown is None:  # a jump host's key, a revoked one, or no kind of key that is known
        return Refused(
            f"{spec.name}: {_plain(error)}.",
            help=f"Look at its key with `grader device trust {spec.address}`.",
        )
    if known:
        before = ", ".join(fingerprint(key) for key in known)
        files = ", ".join(str(file) for file in place.files)
        return Refused(
            f"{spec.name} shows another key than before: {fingerprint(shown)}, and not {before}.",
            help="Somebody may be in between, or the board was flashed again. If you know that it "
            f'was, take the old key out with `ssh-keygen -R "{place.entry}" -f {files}`, '
            f"then `grader device trust {spec.address}`.",
        )
    return Refused(
        f"{spec.name} is not known yet: its key is {fingerprint(shown)}.",
        help=f"Compare it on the device itself, then `grader device trust {spec.address}`.",
    )


def _plain(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
