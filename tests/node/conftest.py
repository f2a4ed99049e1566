"""Where Node and the packages are, and apps of our own beside those packages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conformance.conftest import PACKAGES, needed_node

APPS = Path(__file__).parent / "apps"

MakeApp = Callable[..., Path]


@pytest.fixture(autouse=True)
def _node() -> None:
    """Skips where there is no Node that is new enough."""
    needed_node()


@pytest.fixture
def js_app(tmp_path: Path) -> MakeApp:
    """Copies one of ``apps`` and lays its ``packages`` beside it, as links to what npm has installed: the name that the
    app imports → where npm has put it. Skips where npm has not."""

    def make(name: str, packages: dict[str, str] | None = None) -> Path:
        folder = tmp_path / name
        shutil.copytree(APPS / name, folder)
        if packages is None and (folder / "package.json").is_file():
            need("@forge/kvs")
            (folder / "node_modules").symlink_to(PACKAGES.resolve())
        for imported, installed in (packages or {}).items():
            need(installed)
            link = folder / "node_modules" / imported
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(PACKAGES.resolve() / installed)
        return folder

    return make


def need(package: str) -> None:
    if not (PACKAGES / package).is_dir():
        pytest.skip(f"npm has not installed {package} into {PACKAGES}: npm install in tests/conformance/node")


@pytest.fixture
def no_bundler(monkeypatch: pytest.MonkeyPatch) -> None:
    """No esbuild but what the app brings."""
    monkeypatch.delenv("FORGESIM_ESBUILD", raising=False)
    monkeypatch.setenv("PATH", os.defpath)
