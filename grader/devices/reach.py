"""The ways to a device, by the scheme of its address."""

from collections.abc import Callable

from grader.devices.connection import Connection
from grader.devices.pool import DeviceSpec


def connect(spec: DeviceSpec) -> Connection:
    """Reach a device.

    Raises `Unreachable` where nothing answers, `Refused` where it is not the device that is trusted
    or lets us not in.
    """
    return _SCHEMES[spec.scheme](spec)


def _local(spec: DeviceSpec) -> Connection:
    from grader.devices.local import LocalConnection

    return LocalConnection(spec)


def _ssh(spec: DeviceSpec) -> Connection:
    from grader.devices.ssh import SshConnection

    return SshConnection(spec)


_SCHEMES: dict[str, Callable[[DeviceSpec], Connection]] = {"local": _local, "ssh": _ssh}
