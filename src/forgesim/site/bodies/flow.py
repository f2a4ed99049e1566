"""Runs of inline nodes as a reader sees them: blanks at their ends dropped, blocks among them made lines."""

from __future__ import annotations

import re

from forgesim.site.bodies.node import INLINE, Mark, Node

__all__ = ["SPACES", "blank", "flattened", "line"]

SPACES = re.compile(r"[ \t\r\n\f]+")


def flattened(flow: list[Node]) -> list[Node]:
    """Blocks as lines: their inline nodes, parted by line breaks."""
    found: list[Node] = []
    for node in flow:
        if node.type in INLINE:
            found.append(node)
            continue
        if node.type == "mediaSingle":
            found += _pictured(node)
            continue
        if found and found[-1].type != "hardBreak":
            found.append(Node("hardBreak"))
        if node.type == "codeBlock":
            found.append(Node("text", text=SPACES.sub(" ", node.text), marks=(Mark("code"),)))
        elif node.type in ("blockCard", "embedCard"):
            found.append(Node("inlineCard", dict(node.attrs)))
        else:
            title = str(node.attrs.get("title", "")) if node.type == "expand" else ""
            found += [Node("text", text=title)] if title else []
            if node.type == "extension":
                found.append(Node("inlineExtension", dict(node.attrs)))
            found += flattened(node.content)
        if found and found[-1].type != "hardBreak":
            found.append(Node("hardBreak"))
    return found


def _pictured(node: Node) -> list[Node]:
    """A picture in the line, and its caption in the next."""
    found: list[Node] = []
    for part in node.content:
        if part.type == "media":
            found.append(Node("mediaInline", dict(part.attrs)))
        else:
            found += [Node("hardBreak"), *part.content]
    return found


def line(run: list[Node]) -> list[Node]:
    """A run of inline nodes without blanks at its ends; neighbours that look the same are one."""
    found: list[Node] = []
    pieces: list[list[str]] = []
    for node in run:
        last = found[-1] if found else None
        if node.type != "text":
            found.append(node)
            pieces.append([])
        elif last is not None and last.type == "text" and last.marks == node.marks and last.attrs == node.attrs == {}:
            pieces[-1].append(node.text)
        elif node.text:
            found.append(Node("text", node.attrs, marks=node.marks))
            pieces.append([node.text])
    for node, held in zip(found, pieces, strict=True):
        if held:
            node.text = SPACES.sub(" ", "".join(held))
    while found and blank(found[0]):
        del found[0]
    while found and blank(found[-1]):
        found.pop()
    if len(found) == 1 and found[0].type == "hardBreak":
        return []
    if found and found[0].type == "text":
        found[0].text = found[0].text.lstrip(" ")
    if found and found[-1].type == "text":
        found[-1].text = found[-1].text.rstrip(" ")
    return found


def blank(node: Node) -> bool:
    return node.type == "text" and node.text == " "
