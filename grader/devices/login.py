"""SSH login to a device, with keys, agents and certificates; the host key is always checked.

No password is asked for, stored or sent. Settings that the pool does not give come from the SSH
configuration.
"""

import asyncio
from typing import Any

import asyncssh

from grader.devices.connection import Refused, Unreachable
from grader.devices.host_keys import KnownHost, fingerprint, known_host_of
from grader.devices.pool import DeviceSpec
from grader.errors import GraderError
from grader.text import sentence

KEEPALIVES = 3  # unanswered, after which the connection counts as lost


class _HostKeyRecorder(asyncssh.SSHClient):
    """Trusts no unknown host key, and records the key that the device presented."""

    def __init__(self) -> None:
        self.shown: asyncssh.SSHKey | None = None

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        del host, addr, port
        self.shown = key
        return False


async def options_of(spec: DeviceSpec) -> asyncssh.SSHClientConnectionOptions:
    """Return the SSH configuration for a device. Raises `GraderError`."""
    try:
        options: asyncssh.SSHClientConnectionOptions
        options = await asyncssh.SSHClientConnectionOptions.construct(None, **_settings(spec))
        return options
    except (OSError, ValueError, asyncssh.Error) as error:
        raise GraderError(
            f"{spec.name}: the SSH configuration is not valid: {sentence(error)}",
            help="`ssh -G HOST` shows how OpenSSH reads it.",
        ) from error


def _settings(spec: DeviceSpec) -> dict[str, Any]:
    """Return the asyncssh options that the pool gives; the rest comes from the configuration."""
    config = [str(spec.ssh_config)] if spec.ssh_config else ()  # (): the same files as `ssh`
    options: dict[str, Any] = {"host": spec.host, "config": config}
    if spec.user:
        options["username"] = spec.user
    if spec.port:
        options["port"] = spec.port
    return options


async def log_in(spec: DeviceSpec) -> asyncssh.SSHClientConnection:
    """Log in to a device whose host key is trusted, and return the connection.

    Raises `Unreachable`, `Refused` and `GraderError`.
    """
    options = await options_of(spec)
    known_host = known_host_of(spec, options)
    known_host.trusted()  # raises if a file is not valid
    recorder = _HostKeyRecorder()
    seconds = spec.stall_seconds
    try:
        return await asyncssh.connect(
            **_settings(spec),
            known_hosts=known_host.content(),
            client_factory=lambda: recorder,
            preferred_auth="publickey",
            password_auth=False,
            kbdint_auth=False,
            agent_forwarding=False,  # a program on the device could use it to log in elsewhere
            x11_forwarding=False,
            connect_timeout=seconds,
            login_timeout=seconds,
            keepalive_interval=seconds / (KEEPALIVES + 1),
            keepalive_count_max=KEEPALIVES,
        )
    except asyncssh.HostKeyNotVerifiable as error:
        raise host_key_refusal(spec, known_host, recorder.shown, error) from error
    except asyncssh.PermissionDenied as error:
        raise Refused(
            f"{spec.name} refused the login of {options.username}: {_plain(error)}.",
            help=f"Install your key with `ssh-copy-id -p {options.port} "
            f"{options.username}@{options.host}`, or correct the user in the address. "
            "Passwords are never used.",
        ) from error
    except (TimeoutError, OSError, asyncssh.Error) as error:
        if known_host.trusted() and isinstance(error, (asyncssh.DisconnectError, ConnectionError)):
            # Only key types that known_hosts has were requested, and the device has none of them.
            shown = await host_key_of(spec)
            if shown and shown not in known_host.trusted():
                raise host_key_refusal(spec, known_host, shown, error) from error
        why = "no answer" if isinstance(error, TimeoutError) else _plain(error)
        raise Unreachable(
            f"{spec.name} cannot be reached at {known_host.entry}: {sentence(why)}",
            help="Check that it is switched on, and that `ssh` can reach it.",
        ) from error


async def host_key_of(spec: DeviceSpec) -> asyncssh.SSHKey | None:
    """Return the host key of a device, trusted or not; None if it presents none."""
    try:
        async with asyncio.timeout(spec.stall_seconds):
            options = {key: value for key, value in _settings(spec).items() if key != "username"}
            return await asyncssh.get_server_host_key(**options)
    except (TimeoutError, OSError, asyncssh.Error):
        return None


def host_key_refusal(
    spec: DeviceSpec, known_host: KnownHost, shown: asyncssh.SSHKey | None, error: Exception
) -> Refused:
    """Return the error for a host key that is not trusted, or that differs from the stored one."""
    known = known_host.trusted()
    if shown is None:  # the key of a jump host, a revoked key, or an unknown key type
        return Refused(
            f"{spec.name}: {_plain(error)}.",
            help=f"Show its key with `{spec.trust_command}`.",
        )
    if known:
        before = ", ".join(fingerprint(key) for key in known)
        files = ", ".join(str(file) for file in known_host.files)
        return Refused(
            f"The host key of {spec.name} has changed: it is {fingerprint(shown)}, not {before}.",
            help="Someone may intercept the connection, or the device was reinstalled. If you "
            f'reinstalled it, remove the old key: `ssh-keygen -R "{known_host.entry}" -f {files}`, '
            f"then run `{spec.trust_command}`.",
        )
    return Refused(
        f"The host key of {spec.name} is not trusted yet: {fingerprint(shown)}.",
        help=f"Compare it on the device itself, then run `{spec.trust_command}`.",
    )


def _plain(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
