"""The ways to a device, by the scheme of its address."""

from collections.abc import Callable

from grader.devices.connection import Connection
from grader.devices.local import LocalConnection
from grader.devices.pool import DeviceSpec


def connect(spec: DeviceSpec) -> Connection:
    """Reach a device.

    Raises `Unreachable` where nothing answers, `Refused` where it is not the device that is trusted
    or refuses our login.
    """
    return _SCHEMES[spec.scheme](spec)


def _ssh(spec: DeviceSpec) -> Connection:
    from grader.devices.ssh import SshConnection  # asyncssh takes 0.3 s: a local device needs none

    return SshConnection(spec)


_SCHEMES: dict[str, Callable[[DeviceSpec], Connection]] = {"local": LocalConnection, "ssh": _ssh}
