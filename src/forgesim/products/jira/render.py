"""Rich text as HTML, for ``renderedFields`` and ``renderedBody``: the nodes and marks of ADF that issues hold.

The HTML is our own plain one: Jira publishes none. A node that is not known shows what lies in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from typing import Any

from forgesim.site.jira_text import document

__all__ = ["rendered"]

_DEEPEST = 100
_TAGS: Mapping[str, str] = MappingProxyType(
    {
        "paragraph": "p", "bulletList": "ul", "orderedList": "ol", "listItem": "li", "blockquote": "blockquote",
        "table": "table", "tableRow": "tr", "tableCell": "td", "tableHeader": "th", "codeBlock": "pre",
        "panel": "div", "expand": "div", "taskList": "ul", "taskItem": "li", "decisionList": "ul",
        "decisionItem": "li",
    }
)  # fmt: skip
_MARKS: Mapping[str, str] = MappingProxyType(
    {"strong": "b", "em": "em", "code": "tt", "strike": "del", "underline": "ins", "subsup": "sub"}
)


def rendered(text: str | dict[str, Any] | None) -> str:
    """The HTML of a document, or of plain text with a paragraph a line; empty for nothing."""
    return "" if text is None else _node(document(text), 0)


def _node(node: Any, depth: int) -> str:
    if not isinstance(node, dict) or depth > _DEEPEST:
        return ""
    kind, attributes = node.get("type"), node.get("attrs")
    attrs: dict[str, Any] = attributes if isinstance(attributes, dict) else {}
    content = node.get("content")
    inner = "".join(_node(each, depth + 1) for each in (content if isinstance(content, list) else []))
    match kind:
        case "text":
            return _marked(escape(str(node.get("text", ""))), node.get("marks"))
        case "hardBreak":
            return "<br/>"
        case "rule":
            return "<hr/>"
        case "heading":
            level = attrs.get("level")
            size = level if isinstance(level, int) and 1 <= level <= 6 else 1
            return f"<h{size}>{inner}</h{size}>"
        case "mention" | "emoji" | "status":
            return escape(str(attrs.get("text") or attrs.get("shortName") or attrs.get("id") or ""))
        case "inlineCard" | "blockCard" | "embedCard":
            url = escape(str(attrs.get("url", "")))
            return f'<a href="{url}">{url}</a>'
        case _:
            tag = _TAGS.get(str(kind))
            return f"<{tag}>{inner}</{tag}>" if tag else inner


def _marked(text: str, marks: Any) -> str:
    for mark in marks if isinstance(marks, list) else []:
        kind = mark.get("type") if isinstance(mark, dict) else None
        attrs = mark.get("attrs") if isinstance(mark, dict) else None
        if kind == "link" and isinstance(attrs, dict):
            text = f'<a href="{escape(str(attrs.get("href", "")))}">{text}</a>'
        elif tag := _MARKS.get(str(kind)):
            text = f"<{tag}>{text}</{tag}>"
    return text
