"""Which files a guest may read, and what its zygote imports from: worked out by the host, once per image."""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

__all__ = ["GUEST_PACKAGES", "GUEST_PARTS", "Places", "import_path", "places"]

GUEST_PACKAGES = ("msgspec", "freezegun", "dateutil", "six", "tzdata")
"""Third-party packages that the sdk and the guest load; those that are not installed are left out."""
GUEST_PARTS = ("__init__.py", "seam.py", "clock.py", "errors.py", "decision.py", "sdk", "guest")
"""The parts of forgesim that a guest may read, for late imports and for the source lines of tracebacks."""

_NOT_STDLIB = {"site-packages", "dist-packages", "test", "idlelib", "ensurepip", "__pycache__"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Absolute paths: ``read`` with all beneath, ``list_only`` by name, ``path`` the guest's ``sys.path``."""

    read: list[str]
    list_only: list[str]
    path: list[str]


def import_path() -> list[str]:
    """The folders that forgesim and the guest's packages are imported from, for the zygote's ``sys.path``."""
    found = [_parent(name) for name in ("forgesim", *GUEST_PACKAGES)]
    return list(dict.fromkeys(folder for folder in found if folder is not None))


def places(root: str, *, dependencies: bool) -> Places:
    """The places of an app under ``root``; with ``dependencies`` all installed packages are readable."""
    installed = _installed() if dependencies else []
    stdlib = _stdlib()
    modules = [entry.path for folder in stdlib for entry in os.scandir(folder) if entry.name not in _NOT_STDLIB]
    return Places(
        read=[root, os.devnull, *modules, *_guest_files(), *installed],
        list_only=stdlib,
        path=[*stdlib, *(f"{folder}/lib-dynload" for folder in stdlib), *installed],
    )


def _stdlib() -> list[str]:
    """The interpreter's own folders, also where this process runs in a virtual environment."""
    own = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    return list(dict.fromkeys(sysconfig.get_path(name, vars=own) for name in ("stdlib", "platstdlib")))


def _installed() -> list[str]:
    paths = (sysconfig.get_path(name) for name in ("purelib", "platlib"))
    return list(dict.fromkeys(path for path in paths if path and Path(path).is_dir()))


def _guest_files() -> list[str]:
    own = Path(__file__).parents[1]
    packages = [Path(parent, name) for name in GUEST_PACKAGES if (parent := _parent(name)) is not None]
    files = [path if path.is_dir() else path.with_suffix(".py") for path in packages]
    return [str(path) for path in (*files, *(own / part for part in GUEST_PARTS))]


def _parent(package: str) -> str | None:
    """The folder that holds ``package``, found without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    at = Path(spec.origin)
    return str(at.parents[1] if spec.submodule_search_locations else at.parent)
