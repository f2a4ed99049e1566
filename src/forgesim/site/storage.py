"""The storage format: XHTML with the ``ac`` and ``ri`` prefixes, as Confluence keeps pages and comments."""

from __future__ import annotations

import html
import html.entities
import re

from forgesim.ids import derived_uuid

__all__ = [
    "CDATA_END",
    "MARKUP",
    "SETTINGS",
    "captions",
    "cdata",
    "escape",
    "marker_ref",
    "plain_text",
    "readable",
    "storage_problem",
]

MARKUP = re.compile(
    r"<!--.*?-->|<!\[CDATA\[(?P<cdata>.*?)\]\]>|</?(?P<name>[A-Za-z][\w:.-]*)"
    r"(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
"""A comment, a CDATA section or a tag; what lies between is character data."""

CDATA_END = "]]>"
SETTINGS = frozenset(
    [
        "align",
        "all",
        "atlassian-macro-output-type",
        "border",
        "class",
        "collapse",
        "color",
        "colour",
        "depth",
        "excerpttype",
        "first",
        "firstline",
        "height",
        "language",
        "linenumbers",
        "max",
        "maxlevel",
        "minlevel",
        "outline",
        "page",
        "printable",
        "reverse",
        "showexcerpt",
        "sort",
        "style",
        "theme",
        "type",
        "width",
    ]
)
"""Macro parameters that set how something looks or is sorted; every other parameter is text."""

_BLOCK = frozenset(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "td",
        "th",
        "tr",
        "br",
        "hr",
        "blockquote",
        "pre",
        "ac:layout-cell",
        "ac:task",
    ]
)
_UNSEEN = re.compile(
    r"<ac:parameter\b.*?</ac:parameter>|<ac:task-(?:id|status|uuid)>.*?</ac:task-\w+>"
    r"|<ac:adf-attribute key=\"(?!parameters\"|panel-icon-text\")[^\"]*\">.*?</ac:adf-attribute>",
    re.DOTALL,
)
_XML_BAD = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_ENTITIES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_PARAMETER = re.compile(r"<ac:parameter ac:name=\"([^\"]*)\"[^>]*>([^<]*)</ac:parameter>")
_CAPTION = re.compile(
    r"(?<![\w:-])(?:ac:alt|alt|title|ac:title|ac:emoji-fallback|ri:filename)=(?:\"([^\"]*)\"|'([^']*)')"
)
_NAMED = re.compile(r"<ri:(?:page|blog-post)\b([^<>]*)>(?:</ri:[\w-]+>)?\s*</ac:(?:link|parameter)>")
_TITLE = re.compile(r"ri:content-title=(?:\"([^\"]*)\"|'([^']*)')")
_SPACES = re.compile(r"[ \t\r\f\v]*\n\s*")


def readable(text: str) -> str:
    """``text`` with every character that XML cannot hold (controls, lone surrogates) replaced by U+FFFD."""
    return _XML_BAD.sub("�", text)


def escape(text: str) -> str:
    """``text`` as character data or as a value between double quotes; what XML cannot hold becomes U+FFFD."""
    return html.escape(readable(text), quote=True).replace("&#x27;", "'")


def cdata(text: str) -> str:
    """``text`` as a CDATA section; a ``]]>`` in it is split over two."""
    return f"<![CDATA[{readable(text).replace(CDATA_END, ']]]]><![CDATA[>')}]]>"


def marker_ref(cloud_id: str, comment_id: str) -> str:
    """The ``ac:ref`` of the ``ac:inline-comment-marker`` that a site's inline comment hangs on."""
    return derived_uuid("inline-marker", cloud_id, comment_id)


def plain_text(body: str) -> str:
    """What a reader sees of a storage-format body: tags, macro parameters and task states dropped, entities
    read.

    Blocks end in a newline. Malformed markup is treated as text.
    """
    parts: list[str] = []
    at = 0
    body = _UNSEEN.sub("", body)
    for match in MARKUP.finditer(body):
        if match.start() > at:
            parts.append(_unescape(body[at : match.start()]))
        at = match.end()
        name = match["name"]
        if name is None:
            parts.append(match["cdata"] or "")
        elif name in _BLOCK:
            parts.append("\n")
    parts.append(_unescape(body[at:]))
    return _SPACES.sub("\n", "".join(parts)).strip()


def _unescape(text: str) -> str:
    return html.unescape(text) if "&" in text else text


def captions(body: str) -> str:
    """The text that a body holds in attributes and macro parameters: alternative texts, titles, file names,
    statuses, titles of pages that a link or a macro names without words of its own; one a line. Addresses are
    left out: their forms stand in many texts."""
    found = []
    for match in MARKUP.finditer(body):
        if match["attributes"] and match["name"] != "ac:parameter":
            found += [_unescape(a or b) for a, b in _CAPTION.findall(match["attributes"])]
    found += [_unescape(text) for name, text in _PARAMETER.findall(body) if name.lower() not in SETTINGS]
    found += [_unescape(a or b) for each in _NAMED.findall(body) for a, b in _TITLE.findall(each)]
    return "\n".join(text for text in found if text)


def storage_problem(body: str) -> str | None:
    """Why ``body`` is no storage format (``not well-formed: …, line 2``), or ``None``. Entities are those
    of HTML."""
    from xml.parsers import expat

    parser = expat.ParserCreate(namespace_separator=" ")
    readable = _ENTITY.sub(_numbered, body)
    wrapped = f'<storage xmlns:ac="urn:ac" xmlns:ri="urn:ri">{readable}</storage>'
    try:
        parser.Parse(wrapped.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        return f"not well-formed: {expat.ErrorString(error.code)}, line {error.lineno}"
    return None


def _numbered(match: re.Match[str]) -> str:
    char = html.entities.html5.get(match[1] + ";", "")
    return f"&#{ord(char)};" if len(char) == 1 and match[1] not in _XML_ENTITIES else match[0]
