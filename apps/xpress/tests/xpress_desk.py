"""Orders for the service, and what it answers."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from types import SimpleNamespace
from typing import Any

import pypdf

from service import render

__all__ = ["AT", "PNG", "TEMPLATE", "ask", "chunk", "macro", "order", "page", "read", "task", "text_of", "titles"]

AT = 1_767_603_600_000
TEMPLATE = {"paper": "a4", "accent": "blue", "size": 10, "cover": True, "contents": True}


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = b"\x89PNG\r\n\x1a\n" + b"".join(
    [
        chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)),
        chunk(b"IDAT", zlib.compress((b"\0" + b"\x20\x60\xa0" * 4) * 4)),
        chunk(b"IEND", b""),
    ]
)


def page(number: int, title: str, body: str, depth: int = 0, parent: str = "") -> dict[str, Any]:
    return {"id": str(number), "parent": parent, "depth": depth, "title": title, "url": "/x", "body": body}


def macro(name: str, *, rich: str | None = None, plain: str | None = None, **parameters: str) -> str:
    """A macro in storage format."""
    held = "".join(f'<ac:parameter ac:name="{key}">{value}</ac:parameter>' for key, value in parameters.items())
    held += "" if rich is None else f"<ac:rich-text-body>{rich}</ac:rich-text-body>"
    held += "" if plain is None else f"<ac:plain-text-body><![CDATA[{plain}]]></ac:plain-text-body>"
    return f'<ac:structured-macro ac:name="{name}">{held}</ac:structured-macro>'


def task(status: str, body: str) -> str:
    return (
        f"<ac:task><ac:task-id>1</ac:task-id><ac:task-status>{status}</ac:task-status><ac:task-body>{body}</ac:task-body>"
        "</ac:task>"
    )


def order(*pages: dict[str, Any], **changes: Any) -> dict[str, Any]:
    pictures = [{"page": "1", "name": "plan.png", "data": base64.b64encode(PNG).decode()}]
    asked = {"space": "DOCS", "site": "https://a.example", "at": AT, "template": TEMPLATE, "pages": list(pages)}
    return {**asked, "pictures": pictures, **changes}


def ask(body: object, path: str = "/render", method: str = "POST") -> tuple[int, dict[str, Any]]:
    text = body if isinstance(body, str) else json.dumps(body)
    event = {"requestContext": {"http": {"path": path, "method": method}}, "body": text, "isBase64Encoded": False}
    answer = render(event, SimpleNamespace(aws_request_id="r1"))
    return answer["statusCode"], json.loads(answer["body"])


def read(*pages: dict[str, Any], **changes: Any) -> tuple[Any, dict[str, Any]]:
    status, answer = ask(order(*pages, **changes))
    assert status == 200
    return pypdf.PdfReader(io.BytesIO(base64.b64decode(answer["pdf"]))), answer


def text_of(reader: pypdf.PdfReader) -> str:
    return " ".join(" ".join(sheet.extract_text().split()) for sheet in reader.pages)


def titles(outline: Any) -> list[str]:
    return [title for item in outline for title in (titles(item) if isinstance(item, list) else [item.title])]
