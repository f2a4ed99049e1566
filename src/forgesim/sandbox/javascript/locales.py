"""The translations of an app as the platform lays them beside its code: an index and a file for each locale.

Source: @forge/i18n 1.0.0 and @forge/api 8.3.0, which read ``__LOCALES__`` in the folder of the app's code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from forgesim.errors import InputError, Problem

__all__ = ["FOLDER", "locale_files"]

FOLDER: Final = "__LOCALES__"


def locale_files(root: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Name → text of each file below ``FOLDER``; none where the manifest has no ``translations``.

    Raises InputError where a file is missing, lies outside the app, or is no JSON object.
    """
    translations = manifest.get("translations")
    if not isinstance(translations, Mapping):
        return {}
    listed = translations.get("resources")
    resources = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    files = {f"{each.get('key')}.json": _text(root, str(each.get("path", ""))) for each in resources}
    config = {"locales": [each.get("key") for each in resources], "fallback": translations.get("fallback") or {}}
    return {"i18n-info.json": json.dumps({"translations": resources, "config": config}), **files}


def _text(root: Path, path: str) -> str:
    file = (root / path).resolve()
    where = str(root / "manifest.yml")
    if not file.is_relative_to(root.resolve()):
        raise InputError(Problem(what=f"the translations {path!r} are not in the app's folder", file=where))
    try:
        text = file.read_text("utf-8")
        data = json.loads(text)
    except OSError as error:
        raise InputError(
            Problem(what=f"the translations {path!r} cannot be read: {error.strerror}", file=where)
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError(Problem(what=f"the translations are no JSON: {error}", file=str(file))) from None
    if not isinstance(data, dict):
        raise InputError(Problem(what="the translations are no JSON object", file=str(file)))
    return text
