"""Reading what a web trigger answers: it leaves the platform, for whoever holds the URL.

A static trigger chooses one of the manifest's outputs. What a dynamic one answers is the app's, and has to be declared
under ``answers`` of trust.yml: status, headers and body.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from forgesim.claims.declared import answer_problem
from forgesim.claims.wire import Request, body_text, strict_json
from forgesim.ledger.read import Crossing
from forgesim.manifest.model import Manifest, Module, Trust
from forgesim.manifest.types import World

__all__ = ["dynamic", "output_bits", "said", "webtrigger_problem"]

_MEMBERS = frozenset({"statusCode", "headers", "body", "statusText"})


def dynamic(manifest: Manifest) -> Iterator[Module]:
    """The web triggers whose answers a function of the app words."""
    for module in manifest.modules:
        if module.type == "webtrigger" and module.function is not None and not _is_static(module):
            yield module


def output_bits(manifest: Manifest) -> Mapping[str, float]:
    """Static trigger → at most what its choice of an output carries."""
    static = (module for module in manifest.modules if module.type == "webtrigger" and _is_static(module))
    return {module.key: math.log2(max(1, len(_outputs(module)))) for module in static}


def said(crossing: Crossing) -> list[str]:
    """The texts of an answer: its body as it is, what else it has as JSON."""
    text = body_text(crossing.decided.body)
    value = _value(text)
    body = value.get("body") if isinstance(value, dict) else None
    return [text, *([body] if isinstance(body, str) else [])]


def webtrigger_problem(crossing: Crossing, manifest: Manifest, trust: Trust, world: World) -> str | None:
    """Why an answer is none that is declared; null where it is one, or says nothing at all."""
    key = crossing.decided.target
    module = next((each for each in manifest.modules if each.key == key), None)
    value = _value(body_text(crossing.decided.body))
    if value is None:
        return None
    if module is not None and _is_static(module):
        fits = isinstance(value, dict) and value.keys() == {"outputKey"} and value["outputKey"] in _outputs(module)
        return None if fits else "it is no output of the manifest"
    if key not in trust.answers:
        return "trust.yml declares no answer of it"
    if not isinstance(value, dict) or not value.keys() <= _MEMBERS:
        return "it is no answer"
    return answer_problem(_request(crossing, value), trust.answers[key], world)


def _request(crossing: Crossing, value: Mapping[str, Any]) -> Request:
    """The answer in the parts that a request has: its status in place of a method."""
    given = value.get("headers")
    headers = [
        (str(name), str(each))
        for name, values in (given.items() if isinstance(given, dict) else ())
        for each in (values if isinstance(values, list) else [values])
    ]
    if (text := value.get("statusText")) is not None:
        headers.append(("statustext", str(text)))
    body = value.get("body")
    return Request(
        method=str(value.get("statusCode")),
        url="",
        host="",
        path="",
        query=(),
        headers=headers,
        body="" if body is None else str(body),
        crossing=crossing,
    )


def _value(text: str) -> Any:
    try:
        return strict_json(text)
    except (ValueError, RecursionError):
        return text


def _is_static(module: Module) -> bool:
    response = module.data.get("response")
    return isinstance(response, Mapping) and response.get("type") == "static"


def _outputs(module: Module) -> list[str]:
    response = module.data.get("response")
    outputs = response.get("outputs") if isinstance(response, Mapping) else None
    return [str(each.get("key")) for each in outputs or () if isinstance(each, Mapping)]
