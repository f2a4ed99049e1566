"""What storage format has no markup of its own for: panels of the kind ``note``, decisions, extensions of apps. They
are kept as ``ac:adf-extension`` elements."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from forgesim.site.bodies.element import Element
from forgesim.site.bodies.node import Mark, Node
from forgesim.site.storage import escape

__all__ = ["adf_markup", "adf_nodes"]

Read = Callable[..., list[Node]]

_EXTENSIONS = {"extension": "extension", "bodied-extension": "bodiedExtension", "inline-extension": "inlineExtension"}
_NAMES = {value: key for key, value in _EXTENSIONS.items()}


def adf_nodes(element: Element, blocks: Read, line: Read, on: tuple[Mark, ...]) -> list[Node]:
    """The nodes of an ``ac:adf-extension``; what is none of ours keeps its text as blocks."""
    found: list[Node] = []
    for child in element.children:
        if isinstance(child, Element) and child.name == "ac:adf-node":
            found += _node(child, blocks, line, on)
        elif isinstance(child, str) or child.name != "ac:adf-fallback":
            found += blocks([child], on)
    return found


def _node(element: Element, blocks: Read, line: Read, on: tuple[Mark, ...]) -> list[Node]:
    kind = element.attrs.get("type", "")
    given = {each.attrs.get("key", ""): _value(each) for each in element.every("ac:adf-attribute")}
    rest = [
        each
        for each in element.children
        if isinstance(each, str) or each.name not in ("ac:adf-attribute", "ac:adf-fallback")
    ]
    if kind == "panel" and given.get("panel-type") in ("note", "custom"):
        return [Node("panel", {"kind": given["panel-type"], **_shade(given)}, blocks(rest, on) or [Node("paragraph")])]
    if kind == "decision-list":
        items = [_decision(each, line) for each in element.every("ac:adf-node")]
        others = [each for each in rest if isinstance(each, str) or each.name != "ac:adf-node"]
        return [Node("decisionList", _local(given), items), *blocks(others, on)]
    if kind in _EXTENSIONS and isinstance(given.get("extension-key"), str):
        parameters = given.get("parameters")
        attrs = {
            "foreign": str(given.get("extension-type") or "unknown"),
            "key": given["extension-key"],
            "data": parameters if isinstance(parameters, dict) else {},
        } | _local(given)
        if kind == "bodied-extension":
            return [Node("bodiedExtension", attrs, blocks(rest, on))]
        return [Node(_EXTENSIONS[kind], attrs), *blocks(rest, on)]
    return blocks(rest, on)


def _decision(element: Element, line: Read) -> Node:
    given = {each.attrs.get("key", ""): _value(each) for each in element.every("ac:adf-attribute")}
    held = [each for each in element.children if isinstance(each, str) or each.name != "ac:adf-attribute"]
    return Node("decisionItem", {"state": str(given.get("state") or "DECIDED"), **_local(given)}, line(held))


def _local(given: dict[str, Any]) -> dict[str, Any]:
    return {"local": given["local-id"]} if isinstance(given.get("local-id"), str) else {}


def _shade(given: dict[str, Any]) -> dict[str, Any]:
    return {key: given[name] for name, key in _SHADES if isinstance(given.get(name), str)}


_SHADES = (
    ("panel-icon", "icon"),
    ("panel-icon-id", "iconId"),
    ("panel-icon-text", "iconText"),
    ("panel-color", "shade"),
)


def _value(element: Element) -> Any:
    """The text of an attribute; ``parameters`` is JSON."""
    text = element.text()
    if element.attrs.get("key") == "parameters":
        try:
            return msgspec.json.decode(text)
        except (ValueError, RecursionError):
            return None
    return text.strip()


def adf_markup(node: Node, blocks: Callable[[Iterable[Node]], str], line: Callable[[list[Node]], str]) -> str:
    """The ``ac:adf-extension`` of a node that has no other markup."""
    given = node.attrs
    if node.type == "panel":
        shades = {name: given[key] for name, key in _SHADES if key in given}
        held = _adf("panel", {"panel-type": given["kind"], **shades}, _content(blocks(node.content)))
    elif node.type == "decisionList":
        items = "".join(
            _adf("decision-item", {"state": each.attrs["state"], **_own(each)}, _content(line(each.content)))
            for each in node.content
        )
        held = _adf("decision-list", _own(node), items)
    else:
        data = msgspec.json.encode(given["data"]).decode()
        attrs = {"extension-type": given["foreign"], "extension-key": given["key"], **_own(node), "parameters": data}
        held = _adf(_NAMES[node.type], attrs, _content(blocks(node.content)) if node.content else "")
    return f"<ac:adf-extension>{held}</ac:adf-extension>"


def _own(node: Node) -> dict[str, str]:
    return {"local-id": node.attrs["local"]} if "local" in node.attrs else {}


def _content(held: str) -> str:
    return f"<ac:adf-content>{held}</ac:adf-content>"


def _adf(kind: str, attrs: dict[str, Any], held: str) -> str:
    given = "".join(
        f'<ac:adf-attribute key="{key}">{escape(str(value))}</ac:adf-attribute>' for key, value in attrs.items()
    )
    return f'<ac:adf-node type="{kind}">{given}{held}</ac:adf-node>'
