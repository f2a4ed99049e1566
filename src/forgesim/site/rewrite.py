"""Other words in the same form: rewriting texts, addresses, file names and storage-format bodies.

What counts as text: running text, alternative texts, captions, code, comments in markup, file names, the
words of addresses. What counts as structure: markup, macro names and settings, ids, keys, labels, times,
entities, the form of an address (scheme, top-level domain, file extension, the site's own paths).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote, unquote

from forgesim.site.storage import MARKUP, SETTINGS, escape
from forgesim.site.words import mapped

__all__ = ["Rewriter", "Wording"]

_TOKEN = re.compile(
    r"&#?\w+;"
    r"|https?://(?:[^\s<>\"'&]|&amp;|&(?!#?\w+;))+"
    r"|[\w.+-]+@\w[\w-]*(?:\.\w[\w-]*)+"
    r"|[^\W\d_]+|\d+"
)
_PLAIN_TOKEN = re.compile(r"&#?\w+;|[^\W\d_]+|\d+")
_PATH_TOKEN = re.compile(r"%[0-9A-Fa-f]{2}|&#?\w+;|[^\W\d_]+|\d+")
_ATTRIBUTE = re.compile(r"([\w:.-]+)(\s*=\s*)(\"[^\"]*\"|'[^']*')")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(?:([^/?#@]*)@)?([^/?#:]*)(:\d+)?(.*)", re.DOTALL)
_OWN_PATH = re.compile(
    r"(?:https?://[^/?#]+)?/wiki"
    r"(?:/spaces/[^/?#]+(?:/pages/\d+)?|/display/[^/?#]+|/x/[\w-]+|/pages/viewpage\.action\?pageId=\d+)?"
)
_FILE_PATH = re.compile(
    r"(?P<scheme>https?://)?(?(scheme)(?P<host>[^/?#@]+))(?P<path>(?:/wiki)?/download/(?:attachments|thumbnails)/\d+/)"
    r"(?P<name>[^/?#]+)(?P<rest>.*)",
    re.DOTALL,
)
"""The address of a file of a page: its name is that of ``ri:filename``, letters beyond ASCII by their bytes."""

_BEYOND_ASCII = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
_ASCII = "".join(map(chr, range(0x20, 0x7F)))

_RESERVED = re.compile(r"(?:^|(?<=\.))(?:example\.(?:com|org|net)|example|test|invalid|localhost)$")
_TOP_LEVEL = re.compile(r"\.[A-Za-z]{2,24}$")

_TEXT_ATTRIBUTES = frozenset(
    ("alt", "title", "ac:alt", "ac:title", "ac:anchor", "aria-label", "summary", "placeholder", "name", "id")
)
_ADDRESS_ATTRIBUTES = frozenset(("href", "src", "cite", "ri:value"))
_ADF_TEXTS = re.compile(r"key=[\"'](?:parameters|panel-icon-text)[\"']")
_STATES = frozenset(("ac:task-id", "ac:task-status", "ac:task-uuid"))


class Wording(Protocol):
    """Where the new words come from."""

    @property
    def salt(self) -> str:
        """Differs between two wordings; what has no words, such as an image, is changed by it."""

    def word(self, word: str) -> str:
        """The image of a word or number; the same for the same word."""

    def title(self, title: str) -> str:
        """The image of a page title; the same for the same title."""

    def prose(self, unit: str) -> Callable[[str], str]:
        """What maps the words of running text in ``unit`` (``page/12``), in order."""


class Rewriter:
    """Rewrites texts, addresses and storage-format bodies by a ``wording``. ``host``: the site's own host."""

    def __init__(self, wording: Wording, host: str) -> None:
        self.wording = wording
        self.host = host

    def text(self, text: str, unit: str) -> str:
        """Plain text or character data; entities, and the form of addresses and mails in it, stay."""
        return self._text(text, self.wording.prose(unit))

    def _text(self, text: str, word: Callable[[str], str]) -> str:
        if "&" not in text and "@" not in text and "://" not in text:
            return mapped(text, word)
        if "@" not in text and "://" not in text:
            return _PLAIN_TOKEN.sub(lambda match: _token(match[0], word), text)
        return _TOKEN.sub(lambda match: self._special(match[0], word), text)

    def _special(self, token: str, word: Callable[[str], str]) -> str:
        if "://" in token:
            return self.address(token)
        if "@" in token:
            return self.mail(token)
        return _token(token, word)

    def mail(self, mail: str, unit: str | None = None) -> str:
        """Another local part at another host; reserved domains (example.com and such) stay."""
        local, _, host = mail.rpartition("@")
        word = self.wording.word if unit is None else self.wording.prose(unit)
        return f"{self._text(local, word)}@{self._host(host)}"

    def file_name(self, name: str) -> str:
        """Another name with the same extension."""
        found = _EXTENSION.search(name)
        end = found.start() if found else len(name)
        return self._words(name[:end]) + name[end:]

    def address(self, address: str) -> str:
        """An address of the same form: scheme, port, top-level domain and extension stay, as do the site's
        own paths with their keys and ids."""
        if (file := _FILE_PATH.fullmatch(address)) is not None:
            return self._file_address(**file.groupdict(default=""))
        own = _OWN_PATH.match(address)
        if own and (address.startswith("/") or f"//{self.host}/" in own[0]):
            return own[0] + self._path(address[own.end() :])
        if address.startswith("mailto:"):
            mail, mark, query = address[7:].partition("?")
            return f"mailto:{self.mail(mail) if '@' in mail else self._words(mail)}{mark}{self._words(query)}"
        found = _ADDRESS.match(address)
        if found is None:
            return self._path(address)
        scheme, person, host, port, rest = found.groups(default="")
        person = f"{self._words(person)}@" if person else ""
        return f"{scheme}{person}{self._host(host)}{port}{self._path(rest)}"

    def _file_address(self, scheme: str, host: str, path: str, name: str, rest: str) -> str:
        new = self.file_name(_BEYOND_ASCII.sub(lambda run: unquote(run[0]), name))
        new = quote(new, safe=_ASCII, errors="replace") if name.isascii() else new
        return f"{scheme}{self._host(host)}{path}{new}{self._words(rest)}"

    def body(self, body: str, unit: str) -> str:
        """A storage-format body, rewritten tag by tag. Malformed markup is taken as text."""
        word = self.wording.prose(unit)
        parts: list[str] = []
        at, keep = 0, ""
        for match in MARKUP.finditer(body):
            start, end = match.span()
            if start > at:
                between = body[at:start]
                parts.append(between if keep else self._text(between, word))
            at = end
            tag, name, attributes = match.group(0, "name", "attributes")
            if name is None:
                parts.append(tag if keep else self._section(match, word))
                continue
            keep = "" if tag[1] == "/" else _kept(name, attributes)
            parts.append(self._tag(match) if attributes else tag)
        parts.append(self._text(body[at:], word))
        return "".join(parts)

    def _section(self, match: re.Match[str], word: Callable[[str], str]) -> str:
        if match["cdata"] is not None:
            return f"<![CDATA[{self._text(match['cdata'], word)}]]>"
        return f"<!--{self._text(match[0][4:-3], word)}-->"

    def _tag(self, match: re.Match[str]) -> str:
        start, end = match.span("attributes")
        offset = match.start()
        tag = match[0]
        changed = _ATTRIBUTE.sub(self._attribute, match["attributes"])
        return tag[: start - offset] + changed + tag[end - offset :]

    def _attribute(self, match: re.Match[str]) -> str:
        name, equals, quoted = match.groups()
        value = quoted[1:-1]
        quote = quoted[0]
        if name == "ri:content-title":
            new = escape(self.wording.title(html.unescape(value)))
        elif name == "ri:filename":
            new = escape(self.file_name(html.unescape(value)))
        elif name in _ADDRESS_ATTRIBUTES:
            new = escape(self.address(html.unescape(value)))
        elif name in _TEXT_ATTRIBUTES:
            new = self._words(value)
        else:
            return match[0]
        return f"{name}{equals}{quote}{new.replace(quote, '&#39;') if quote == chr(39) else new}{quote}"

    def _words(self, text: str) -> str:
        return _PATH_TOKEN.sub(lambda match: _token(match[0], self.wording.word), text)

    def _path(self, path: str) -> str:
        found = _EXTENSION.search(path)
        end = found.start() if found else len(path)
        return self._words(path[:end]) + path[end:]

    def _host(self, host: str) -> str:
        if host == self.host:
            return host
        found = _RESERVED.search(host) or _TOP_LEVEL.search(host)
        end = found.start() if found else len(host)
        return self._words(host[:end]) + host[end:]


def _token(token: str, word: Callable[[str], str]) -> str:
    return token if token[0] in "&%" else word(token)


def _kept(name: str, attributes: str) -> str:
    """The name of an element whose text is a state or a setting, else empty."""
    if attributes.endswith("/"):
        return ""
    if name == "ac:parameter":
        found = re.search(r"ac:name=[\"']([^\"']*)", attributes)
        return name if found and found[1].lower() in SETTINGS else ""
    if name == "ac:adf-attribute":
        return "" if _ADF_TEXTS.search(attributes) else name
    return name if name in _STATES else ""
