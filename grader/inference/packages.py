"""The measuring packages that are installed. ExecuTorch is an extra, and may be missing."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

SUPPORTED = "1.4"  # the ExecuTorch whose serialisers and runtime the lowering is written for
GET_IT = (
    "pip install 'edge-lab-grader[executorch]'. It needs torch 2.13 or later, so use an "
    "environment whose torch may be replaced."
)


def installed(names: Iterable[str]) -> dict[str, str]:
    """Return the versions of those packages that are installed, by name."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def why_no_executorch() -> str | None:
    """Return why no ExecuTorch that fits is installed, None if one is. Imports nothing of it."""
    found = installed(["executorch"]).get("executorch")
    if found is None:
        return "ExecuTorch is not installed."
    if found != SUPPORTED and not found.startswith(f"{SUPPORTED}."):
        return f"ExecuTorch {found} is installed, but the grader needs {SUPPORTED}."
    return None
