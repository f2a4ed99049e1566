"""How documents look: five settings and six more that may be left out, the only thing that XPress stores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forgesim.sdk import ForgeKvsAPIError, kvs
from xpress.patience import RefusedError, ask

__all__ = ["LEFT_OUT", "TEMPLATE", "checked", "load", "save"]

SERVICE = "Forge storage"
KEY = "template"
ANSWER_S = 4.0
TEMPLATE: Mapping[str, Any] = {"paper": "a4", "accent": "blue", "size": 10, "cover": True, "contents": True}
"""What is used before anybody has saved another one."""

LEFT_OUT: Mapping[str, Any] = {
    "landscape": False, "margins": "normal", "header": "none", "footer": "number", "language": "en", "hyphenate": False,
}  # fmt: skip
"""What is used for settings that a saved template does not have."""

LANGUAGES = (
    "en", "ar", "cs", "da", "de", "el", "es", "fi", "fr", "he", "hi", "hu", "it", "ja", "ko", "nb", "nl", "pl", "pt",
    "ru", "sv", "th", "tr", "uk", "zh",
)  # fmt: skip

CHOICES: Mapping[str, tuple[Any, ...]] = {
    "paper": ("a4", "letter", "a5", "legal"),
    "accent": ("blue", "green", "grey", "red"),
    "size": tuple(range(8, 15)),
    "cover": (True, False),
    "contents": (True, False),
}
MORE: Mapping[str, tuple[Any, ...]] = {
    "landscape": (True, False),
    "margins": ("narrow", "normal", "wide"),
    "header": ("none", "title", "space"),
    "footer": ("none", "number", "pages", "date"),
    "language": LANGUAGES,
    "hyphenate": (True, False),
}


def checked(given: Any) -> dict[str, Any]:
    """The template, if it has the five settings, no unknown one, and values that exist. Raises ValueError."""
    known = {**CHOICES, **MORE}
    settings: dict[str, Any] = given if isinstance(given, dict) else {}
    is_known = CHOICES.keys() <= settings.keys() <= known.keys()
    if not is_known or not all(_exists(value, known[name]) for name, value in settings.items()):
        raise ValueError(f"a template has {', '.join(CHOICES)} and may have {', '.join(MORE)}, each one of its choices")
    return settings


def _exists(value: object, choices: tuple[Any, ...]) -> bool:
    """Of the choice's own type, too: 1 is not true here."""
    return (type(value), value) in [(type(choice), choice) for choice in choices]


async def load() -> dict[str, Any]:
    """The saved template, or the usual one. Raises RefusedError, as ``save``."""

    async def send() -> Any:
        try:
            return await kvs.get(KEY)
        except ForgeKvsAPIError as error:
            raise RefusedError(SERVICE, error.response_details.status) from None

    return {**LEFT_OUT, **TEMPLATE, **(await ask(SERVICE, send, ANSWER_S) or {})}


async def save(template: Mapping[str, Any]) -> None:
    async def send() -> None:
        try:
            await kvs.set(KEY, template)
        except ForgeKvsAPIError as error:
            raise RefusedError(SERVICE, error.response_details.status) from None

    await ask(SERVICE, send, ANSWER_S)
