"""How documents look: five settings, the only thing that XPress stores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forgesim.sdk import ForgeKvsAPIError, kvs
from xpress.patience import RefusedError, ask

__all__ = ["TEMPLATE", "checked", "load", "save"]

SERVICE = "Forge storage"
KEY = "template"
ANSWER_S = 4.0
TEMPLATE: Mapping[str, Any] = {"paper": "a4", "accent": "blue", "size": 10, "cover": True, "contents": True}
"""What is used before anybody has saved another one."""

CHOICES: Mapping[str, tuple[Any, ...]] = {
    "paper": ("a4", "letter"),
    "accent": ("blue", "green", "grey", "red"),
    "size": tuple(range(8, 15)),
    "cover": (True, False),
    "contents": (True, False),
}


def checked(given: Any) -> dict[str, Any]:
    """The template, if it is all five settings with values that exist. Raises ValueError."""
    if not isinstance(given, dict) or given.keys() != CHOICES.keys() or not all(map(_exists, given.items())):
        raise ValueError("a template has paper, accent, size, cover and contents, each one of its choices")
    return given


def _exists(setting: tuple[str, Any]) -> bool:
    """Of the choice's own type, too: 1 is not true here."""
    name, value = setting
    return (type(value), value) in [(type(choice), choice) for choice in CHOICES[name]]


async def load() -> dict[str, Any]:
    """The saved template, or the usual one. Raises RefusedError, as ``save``."""

    async def send() -> Any:
        try:
            return await kvs.get(KEY)
        except ForgeKvsAPIError as error:
            raise RefusedError(SERVICE, error.response_details.status) from None

    return {**TEMPLATE, **(await ask(SERVICE, send, ANSWER_S) or {})}


async def save(template: Mapping[str, Any]) -> None:
    async def send() -> None:
        try:
            await kvs.set(KEY, template)
        except ForgeKvsAPIError as error:
            raise RefusedError(SERVICE, error.response_details.status) from None

    await ask(SERVICE, send, ANSWER_S)
