"""XPress's rendering service, a Lambda function: pages in storage format in, one PDF out, and nothing kept.

It works in memory: no file, no network, no variable that outlives a request. What it logs is sizes and counts.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, Literal

import typst

from service.document import Rendered, write
from service.fonts import folders
from service.headings import with_headings
from service.request import BadRequestError, read_request

__all__ = ["render"]

PATH, METHOD = "/render", "POST"
MAX_PDF = 3_700_000
"""Bytes: as base64, with what goes with it, this is the 5 MB that a Forge function may return."""

FONTS = typst.Fonts(include_system_fonts=False)
"""Those inside typst, which most documents make do with: they are the same whatever is asked for."""

NO_PACKAGES = "/no-packages"
"""Documents use none. Without a place for them typst asks the system, for each document, whose home to look in."""

_SHEET = re.compile(rb"<<\s*/Type\s*/Page\b")


def render(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Payload format 2.0 in; an HTTP answer out: ``{pdf: base64, sheets, placeholders, accessible}``, or ``{message}``.

    ``accessible`` is ``pdf/ua-1``, ``tagged`` or ``no``.
    """
    http = event["requestContext"]["http"]
    if http["path"] != PATH:
        return _json(404, {"message": "There is no such path."})
    if http["method"] != METHOD:
        return _json(405, {"message": "Only POST is understood here."})
    try:
        order = read_request(_body(event))
    except BadRequestError as bad:
        print(f"request {context.aws_request_id}: refused")  # noqa: T201 -- CloudWatch takes what a function prints
        return _json(400, {"message": str(bad)})
    try:
        rendered = write(order)
        pdf, sheets, standard = _compile(rendered, order.at_ms)
    except Exception as error:  # noqa: BLE001 -- its words may quote the page: only its kind is logged
        print(f"request {context.aws_request_id}: {type(error).__name__}")  # noqa: T201
        return _json(500, {"message": "The document could not be made."})
    print(  # noqa: T201
        f"request {context.aws_request_id}: {len(order.pages)} pages in, {sheets} sheets out, {len(pdf)} bytes, "
        f"{len(rendered.placeholders)} placeholders"
    )
    if len(pdf) > MAX_PDF:
        return _json(413, {"message": "The document is too large."})
    found = [{"page": page, "name": name} for page, name in rendered.placeholders]
    made = {"pdf": base64.b64encode(pdf).decode(), "sheets": sheets, "placeholders": found, "accessible": standard}
    return _json(200, made)


def _body(event: Mapping[str, Any]) -> bytes:
    text = str(event.get("body", ""))
    return base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()


def _compile(rendered: Rendered, at_ms: int) -> tuple[bytes, int, str]:
    """The PDF, its number of sheets and how accessible it is: PDF/UA-1, but where a character has no font, which the
    standard forbids, or where the document is too long for tags, or too large with them."""
    if rendered.tagged:
        pdf, sheets, standard = _tagged(rendered, at_ms)
        if len(pdf) <= MAX_PDF:
            return pdf, sheets, standard
    return *_typeset(rendered, at_ms, None, tags=False), "no"


def _tagged(rendered: Rendered, at_ms: int) -> tuple[bytes, int, str]:
    try:
        return *_typeset(rendered, at_ms, "ua-1", tags=True), "pdf/ua-1"
    except typst.TypstError as error:
        if not error.message.startswith("PDF/UA-1 error"):
            raise
    return *_typeset(rendered, at_ms, None, tags=True), "tagged"


def _typeset(rendered: Rendered, at_ms: int, standard: Literal["ua-1"] | None, *, tags: bool) -> tuple[bytes, int]:
    """The fonts are those inside typst and those of the requirements, so a machine's own change nothing."""
    more = folders(rendered.source)
    pdf = typst.compile(
        rendered.source.encode(),
        format="pdf",
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=more) if more else FONTS,
        ignore_system_fonts=True,
        timestamp=at_ms // 1000,
        pdf_standards=standard,
        pdf_tags=tags,
        package_path=NO_PACKAGES,
        package_cache_path=NO_PACKAGES,
    )
    return with_headings(pdf), len(_SHEET.findall(pdf))


def _json(status: int, data: object) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(data)}
