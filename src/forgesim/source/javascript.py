"""What JavaScript and TypeScript ask of their payloads, by the look of the text: no parser, so a hint and never a
verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

__all__ = ["payload_names"]

_NAME = r"[A-Za-z_$][\w$]*"
_MEMBER = re.compile(rf"\bpayload\??\.({_NAME})")
_INDEX = re.compile(r"""\bpayload(?:\?\.)?\[\s*['"]([^'"\\\n]{1,60})['"]\s*\]""")
_TAKEN_APART = re.compile(r"\{([^{}]{1,500})\}\s*=\s*(?:await\s+)?[\w$.?]*\bpayload\b")
_IN_ARGUMENTS = re.compile(r"\bpayload\s*:\s*\{([^{}]{1,500})\}\s*[,}=]")
_PART = re.compile(rf"\s*({_NAME})\s*(?::|=|$)")
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"`])//[^\n]*", re.DOTALL)


def payload_names(scripts: Mapping[str, str]) -> list[str]:
    """The members of payloads that the scripts name (relative path → text), in their order."""
    found: dict[str, None] = {}
    for text in scripts.values():
        for _, name in sorted(_names(_COMMENT.sub(" ", text))):
            found[name] = None
    return list(found)


def _names(text: str) -> Iterator[tuple[int, str]]:
    for pattern in (_MEMBER, _INDEX):
        yield from ((match.start(), match[1]) for match in pattern.finditer(text))
    for pattern in (_TAKEN_APART, _IN_ARGUMENTS):
        for match in pattern.finditer(text):
            for number, part in enumerate(match[1].split(",")):
                if found := _PART.match(part):
                    yield match.start() + number, found[1]
