"""Whether a manifest would deploy: the app's own with some places changed, given to the manifest reader."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from forgesim.conformance.compare import Seen
from forgesim.conformance.values import expand
from forgesim.errors import InputError
from forgesim.manifest.load import manifest_from_data

__all__ = ["changed", "deploy"]


def deploy(manifest: Mapping[str, Any], places: Mapping[str, Any]) -> Seen:
    """What the manifest reader says of the manifest with other values at some places."""
    try:
        manifest_from_data(changed(manifest, places))
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
