"""Connections to devices, by the scheme of the address."""

from collections.abc import Callable

from grader.devices.connection import Connection
from grader.devices.local import LocalConnection
from grader.devices.pool import DeviceSpec


def connect(spec: DeviceSpec) -> Connection:
    """Connect to a device.

    Raises `Unreachable` if nothing answers, `Refused` if its host key is not trusted or it refuses
    the login.
    """
    return _SCHEMES[spec.scheme](spec)


def _ssh(spec: DeviceSpec) -> Connection:
    from grader.devices.ssh import SshConnection  # asyncssh takes 0.3 s: a local device needs none

    return SshConnection(spec)


_SCHEMES: dict[str, Callable[[DeviceSpec], Connection]] = {"local": LocalConnection, "ssh": _ssh}
