import stat
from pathlib import Path

from grader.review.door import opened_door


def test_only_its_owner_can_read_the_address() -> None:
    """The file has mode 0600 in a folder of mode 0700, also after a new address; both go."""
    with opened_door() as door:
        for address in ("http://127.0.0.1:1/?token=a", "http://127.0.0.1:1/?token=b"):
            door.lead_to(address)
            assert address in door.file.read_text(encoding="utf-8")
            assert stat.S_IMODE(door.file.stat().st_mode) == 0o600
            assert stat.S_IMODE(door.file.parent.stat().st_mode) == 0o700
        folder = Path(door.file.parent)
    assert not folder.exists()
