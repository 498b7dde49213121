from pathlib import Path

import asyncssh
import pytest

from grader.devices.host_keys import KnownHost, fingerprint, known_host_of
from grader.devices.pool import DeviceSpec
from grader.errors import GraderError

KEY = asyncssh.generate_private_key("ssh-ed25519").convert_to_public()
OTHER = asyncssh.generate_private_key("ssh-ed25519").convert_to_public()


def line(key: asyncssh.SSHKey, entry: str, mark: str = "") -> str:
    """A line of known_hosts."""
    return f"{mark}{entry} {key.export_public_key().decode().strip()}\n"


def known_host(folder: Path, text: str, port: int = 22) -> KnownHost:
    """A device called pi whose keys are in a file of this text."""
    (folder / "known_hosts").write_text(text)
    return KnownHost(name="pi", port=port, files=(folder / "known_hosts", folder / "absent"))


def test_a_key_is_known_by_name_and_port(tmp_path: Path) -> None:
    """Another port than 22 is a part of the entry, and another device's key is not this one's."""
    text = line(KEY, "pi") + line(OTHER, "[pi]:2222") + line(OTHER, "jetson")
    assert known_host(tmp_path, text).trusted() == (KEY,)
    assert known_host(tmp_path, text, 2222).trusted() == (OTHER,)
    assert known_host(tmp_path, text, 2222).entry == "[pi]:2222"
    assert known_host(tmp_path, text).entry == "pi"


def test_a_revoked_key_is_listed_as_such(tmp_path: Path) -> None:
    """It is not among the trusted ones."""
    found = known_host(tmp_path, line(KEY, "pi", "@revoked ") + line(OTHER, "pi"))
    assert found.revoked() == (KEY,)
    assert found.trusted() == (OTHER,)


def test_no_file_trusts_nobody(tmp_path: Path) -> None:
    """And is not taken for "the user's own files", as asyncssh takes an empty one."""
    nowhere = KnownHost(name="pi", port=22, files=(tmp_path / "absent",))
    assert nowhere.content()
    assert nowhere.trusted() == nowhere.revoked() == ()


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """A folder in the file's place; a marker that SSH does not know."""
    with pytest.raises(GraderError, match="cannot be read"):
        KnownHost(name="pi", port=22, files=(tmp_path,)).trusted()
    with pytest.raises(GraderError, match="known_hosts"):
        known_host(tmp_path, line(KEY, "pi", "@nonsense ")).trusted()


def test_where_keys_are_kept(tmp_path: Path) -> None:
    """The pool's file counts before the configuration's; a check turned off changes nothing."""
    configured = asyncssh.SSHClientConnectionOptions(
        host="192.168.0.7", port=2222, known_hosts=[str(tmp_path / "theirs")], host_key_alias="pi"
    )
    spec = DeviceSpec(name="desk")
    assert known_host_of(spec, configured) == KnownHost(
        name="pi", port=2222, files=(tmp_path / "theirs",)
    )
    pool = spec.model_copy(update={"known_hosts": tmp_path / "ours"})
    assert known_host_of(pool, configured).files == (tmp_path / "ours",)
    off = asyncssh.SSHClientConnectionOptions(host="pi", known_hosts=None)
    assert known_host_of(spec, off).files == (Path("~/.ssh/known_hosts").expanduser(),)


def test_a_fingerprint_is_as_ssh_keygen_prints_it() -> None:
    """The hash's name and base64 without its padding."""
    found = fingerprint(KEY)
    assert found.startswith("SHA256:")
    assert len(found) == len("SHA256:") + 43
