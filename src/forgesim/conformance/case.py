"""The table of cases: what is sent, what Forge answers, and where that is known from. It is data in ``cases/``."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, Literal, TypeVar

import msgspec

from forgesim.conformance.address import address
from forgesim.conformance.values import expand
from forgesim.errors import InputError, InternalError, Problem

__all__ = [
    "AREAS",
    "Case",
    "Client",
    "Expect",
    "Source",
    "Step",
    "load_cases",
    "read_table",
]

AREAS = (
    "kvs", "secrets", "entities", "queries", "batch", "transactions", "queue", "deliveries", "webtriggers", "llm",
    "products", "egress", "limits", "deploy", "unserved",
)  # fmt: skip
"""One file of ``cases/`` each, in the order of the table."""

T = TypeVar("T")
Source = Literal["measured", "documented", "choice"]


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that happens: a request, time that passes (``wait``, virtual milliseconds), or the admin's switch.

    ``to`` is a line of ``address``; ``body`` is sent as JSON, ``text`` as it is; ``times`` requests leave at one
    virtual instant, and the last one's answer counts. ``user`` is who the invocation runs for: alice, or nobody.
    ``fails``: this step is refused, as its case wants it; where what comes before a case goes another way than it is
    told here, the case shows nothing.
    """

    to: str = ""
    body: Any = msgspec.UNSET
    text: Any = None
    headers: dict[str, str] = {}
    times: int = 1
    wait: int = 0
    analytics: bool | None = None
    user: Literal["alice", "nobody"] = "alice"
    fails: bool = False

    def __post_init__(self) -> None:
        if self.to:
            address(self.to)
        if sum((bool(self.to), bool(self.wait), self.analytics is not None)) != 1:
            raise ValueError("a step is a request, a wait or a switch")

    def sent(self, answer: Any = None) -> bytes:
        """The bytes of the request's body; ``answer`` is the JSON that the step before was answered."""
        if self.text is not None:
            return str(expand(self.text)).encode()
        return b"" if self.body is msgspec.UNSET else msgspec.json.encode(expand(self.body, answer))


class Expect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must be seen; members that are not given are not looked at.

    ``body`` is a part of the JSON answered: each member given must be there with that value, lists whole;
    ``{$is: integer}`` (or number, text, time, cursor, list, present, absent) takes any of that kind, ``{$like: REGEX}``
    any text that is wholly of that form. ``lines`` are JSON objects, each a part of one line of the body, in order.
    ``allowed``: whether the gateway let it pass. ``deploys``: whether the manifest is accepted.
    """

    status: int | list[int] | None = None
    code: str | None = None
    message: str | None = None
    headers: dict[str, str] = {}
    body: Any = msgspec.UNSET
    empty: bool | None = None
    lines: list[Any] = []
    allowed: bool | None = None
    deploys: bool | None = None


class Client(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How Atlassian's own package says it: a JavaScript expression, and what must come of it.

    Without ``returns``, ``throws`` and ``refuses`` it throws the code and status that the case expects. ``returns`` is
    ``$undefined`` where it returns that.
    ``refuses``: the package refuses by itself, in a message with these words, and sends nothing.
    """

    js: str
    returns: Any = msgspec.UNSET
    throws: dict[str, Any] | None = None
    refuses: str | None = None

    def __post_init__(self) -> None:
        if self.refuses == "":
            raise ValueError("a refusal has words")


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row. ``receipt`` says where ``expect`` is known from; it is filled in from the file's sources."""

    id: str
    says: str
    source: Source
    page: str
    expect: Expect
    ask: Step | None = None
    deploy: dict[str, Any] | None = None
    before: list[Step] = []
    client: Client | None = None
    area: str = ""
    receipt: str = ""

    def __post_init__(self) -> None:
        if (self.ask is None) == (self.deploy is None):
            raise ValueError("a case asks something, or deploys something")
        if self.expect == Expect():
            raise ValueError(f"{self.id} expects nothing, so nothing could differ")


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    cases: list[Case]


def load_cases(only: str | None = None) -> tuple[Case, ...]:
    """All cases, or those of one area, in the order of the files. Raises InputError for an unknown area."""
    if only is not None and only not in AREAS:
        raise InputError(Problem(what=f"there is no area {only!r}", hint=f"there are: {', '.join(AREAS)}"))
    pages = read_table("sources", dict[str, str])
    return tuple(
        msgspec.structs.replace(case, area=area, receipt=pages[case.page])
        for area in AREAS
        if only in (None, area)
        for case in read_table(area, _File).cases
    )


def read_table(name: str, kind: type[T]) -> T:
    """A file of the table. Raises InternalError where it is not of its shape: it is ours."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = (files("forgesim.conformance") / "cases" / f"{name}.yml").read_text("utf-8")
    try:
        return msgspec.convert(YAML(typ="safe").load(text), kind)
    except (msgspec.MsgspecError, YAMLError, ValueError) as error:
        raise InternalError(f"cases/{name}.yml: {error}") from None
