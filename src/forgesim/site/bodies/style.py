"""Colours and small settings that a body's markup may carry; anything else is not taken over."""

from __future__ import annotations

import re

__all__ = ["colour", "declared", "safe_address"]

_HEX = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})")
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")
_NAMED = {
    "black": "#000000", "white": "#ffffff", "red": "#ff0000", "green": "#008000", "blue": "#0000ff",
    "yellow": "#ffff00", "orange": "#ffa500", "purple": "#800080", "gray": "#808080", "grey": "#808080",
    "teal": "#008080", "navy": "#000080", "maroon": "#800000", "olive": "#808000", "silver": "#c0c0c0",
}  # fmt: skip
_SCHEMES = ("http:", "https:", "mailto:", "tel:", "ftp:", "ftps:", "sftp:", "callto:", "skype:")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BLANKS = re.compile("[\x00-\x20\x7f]+")


def colour(text: str) -> str | None:
    """``#rrggbb`` of a colour as style sheets write it; ``None`` for what is none."""
    text = text.strip().lower()
    if _HEX.fullmatch(text):
        return text if len(text) == 7 else "#" + "".join(each * 2 for each in text[1:])
    if found := _RGB.fullmatch(text):
        return "#" + "".join(f"{min(255, int(each)):02x}" for each in found.groups())
    return _NAMED.get(text)


def declared(style: str) -> dict[str, str]:
    """The properties of a ``style`` attribute."""
    pairs = (each.partition(":") for each in style.split(";")[:50])
    return {name.strip().lower(): value.strip() for name, mark, value in pairs if mark}


def safe_address(address: str) -> str | None:
    """The address, if a browser that follows it runs no script: relative, or of a known scheme."""
    clean = _BLANKS.sub("", address)
    found = _SCHEME.match(clean)
    return address if found is None or found[0].lower() in _SCHEMES else None
