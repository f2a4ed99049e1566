"""Whether an app would deploy: the cases' own with some places of its manifest changed, read as any app's folder is."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from forgesim.conformance.compare import Seen
from forgesim.conformance.values import expand
from forgesim.errors import InputError
from forgesim.manifest.load import load_app
from forgesim.manifest.model import App

__all__ = ["changed", "deploy"]


def deploy(app: App, places: Mapping[str, Any]) -> Seen:
    """What the manifest reader says of the app with other values at some places of its manifest."""
    with TemporaryDirectory(prefix="forgesim-") as parent:
        folder = Path(parent) / "app"
        shutil.copytree(app.path, folder, ignore=shutil.ignore_patterns("__pycache__"))
        manifest = json.dumps(changed(app.manifest.data, places))  # JSON is YAML
        (folder / "manifest.yml").write_text(manifest, "utf-8")
        try:
            load_app(folder)
        except InputError as error:
            return Seen(deployed=False, problem=str(error.problems[0].what))
    return Seen(deployed=True)


def changed(manifest: Mapping[str, Any], places: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with each place (``app.runtime.name``) as given; null takes it out."""
    data = copy.deepcopy(dict(manifest))
    for place, value in places.items():
        *way, last = place.split(".")
        at: dict[str, Any] = data
        for name in way:
            at = at.setdefault(name, {})
        if value is None:
            at.pop(last, None)
        else:
            at[last] = expand(value)
    return data
