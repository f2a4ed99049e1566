"""``$space``, ``$page.id`` and such: names that scenarios and ``--with`` use for what a site has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from forgesim.errors import InputError
from forgesim.site.model import Site

__all__ = ["expand"]

_NAME = re.compile(r"\$(\$|[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)")


def expand(value: Any, site: Site) -> Any:
    """A copy of a JSON value with each ``$name`` in its strings replaced by the site's; keys are left alone.

    ``$$`` is a dollar sign, and so is one before anything but a lower-case letter. Raises InputError that
    names every variable which the site lacks.
    """
    missing: dict[str, None] = {}
    result = _expand(value, site.variables, missing)
    if missing:
        names = ", ".join(f"${name}" for name in missing)
        known = ", ".join(f"${name}" for name in sorted(site.variables)) or "none"
        raise InputError(f"site {site.name!r} has no {names}; it has {known} (write $$ for a dollar sign)")
    return result


def _expand(value: Any, variables: Mapping[str, str], missing: dict[str, None]) -> Any:
    if isinstance(value, str):
        return _NAME.sub(lambda match: _value(match[1], variables, missing), value) if "$" in value else value
    if isinstance(value, Mapping):
        return {key: _expand(item, variables, missing) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_expand(item, variables, missing) for item in value]
    return value


def _value(name: str, variables: Mapping[str, str], missing: dict[str, None]) -> str:
    if name == "$":
        return "$"
    if name not in variables:
        missing[name] = None
    return variables.get(name, "")
