"""What trust.yml says about data: who receives it, what is read, stored and sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, cast, get_args

from forgesim.manifest.addresses import is_host
from forgesim.manifest.depends import read_depends
from forgesim.manifest.grammar import Path as TypePath, read_type
from forgesim.manifest.keys import KeyPattern
from forgesim.manifest.model import ReadRule, Send, Store, Subprocessor
from forgesim.manifest.reading import Reader, one_of
from forgesim.manifest.tree import Node
from forgesim.manifest.types import Const, Fields, Type, has_content
from forgesim.manifest.variables import Variable, filled_in

__all__ = [
    "ANSWER_FIELDS",
    "AUDIENCES",
    "PLACES",
    "READ_KINDS",
    "SEND_FIELDS",
    "STORE_FIELDS",
    "SUBPROCESSOR_FIELDS",
    "read_answers",
    "read_reads",
    "read_sends",
    "read_stores",
    "read_subprocessors",
]

Audience = Literal["same-viewer", "space-viewers", "admins"]
AUDIENCES: Final[tuple[Audience, ...]] = get_args(Audience)
PLACES: Final = ("kvs", "secret", "object", "queue", "property")
READ_KINDS: Final = (
    "spaces", "pages", "comments", "attachments", "users", "projects", "boards", "sprints", "issues",
)  # fmt: skip
SUBPROCESSOR_FIELDS: Final = (
    "name", "hosts", "purpose", "location", "retention", "receives", "service",
)  # fmt: skip
STORE_FIELDS: Final = ("in", "key", "audience", "value", "depends_on")
SEND_PARTS: Final = ("method", "path", "query", "headers", "body")
SEND_FIELDS: Final = (*SEND_PARTS, "depends_on")
ANSWER_FIELDS: Final = ("status", "headers", "body")
_ENTITY = re.compile(r"entity +([a-z0-9:_.-]{3,60})")
_RULE = re.compile(r"(\S+)(?: +of +(payload|context)\.(\S+))?")
_DOTTED = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")


def read_subprocessors(reader: Reader, node: Node | None, sends: dict[str, Send]) -> tuple[Subprocessor, ...]:
    found: list[Subprocessor] = []
    hosts: dict[str, str] = {}
    for item in reader.items(node, "subprocessors"):
        fields = reader.fields(item, "a subprocessor", required=("name",), known=SUBPROCESSOR_FIELDS)
        name = reader.text(fields, "name", "a subprocessor")
        for missing in (field for field in ("purpose", "location", "retention") if field not in fields):
            reader.tell(item, f"{name} does not say its {missing}", f"add {missing}", warning=True)
        service = fields.get("service")
        if service:
            reader.fields(service, f"service of {name}", required=("kind",))
        found.append(
            Subprocessor(
                name=name,
                hosts=_read_hosts(reader, name, fields.get("hosts"), hosts),
                purpose=reader.text(fields, "purpose", name),
                location=reader.text(fields, "location", name),
                retention=reader.text(fields, "retention", name),
                receives=_read_receives(reader, name, fields.get("receives"), sends),
                service=service.data() if service and isinstance(service.value, dict) else {},
                line=item.line,
            )
        )
    return tuple(found)


def _read_hosts(reader: Reader, name: str, node: Node | None, seen: dict[str, str]) -> tuple[str, ...]:
    if node is not None and node.value in ([], None):
        reader.tell(node, f"{name} has no hosts", "name at least one", warning=True)
    items = reader.texts(node, f"hosts of {name}", lone=True)
    for item in items:
        host = item.value
        if not is_host(host):
            hint = "write the bare host in lower case, for example api.example.com"
            reader.tell(item, f"{host!r} is not a host", hint)
        elif host in seen:
            reader.tell(item, f"the host {host} is listed twice", f"{seen[host] or 'another'} has it already")
        seen.setdefault(host, name)
    return tuple(item.value for item in items)


def _read_receives(reader: Reader, name: str, node: Node | None, sends: dict[str, Send]) -> tuple[str, ...]:
    items = reader.texts(node, f"receives of {name}", lone=True)
    for item in items:
        if item.value not in sends:
            hint = one_of(item.value, sends) or "declare it under sends"
            reader.tell(item, f"{name} receives {item.value!r}, which sends does not have", hint)
    return tuple(item.value for item in items)


def read_reads(reader: Reader, node: Node | None) -> dict[str, tuple[ReadRule, ...]]:
    if node is None or node.value is None:
        return {}
    return {name: _read_rules(reader, name, rules) for name, rules in reader.fields(node, "reads").items()}


def _read_rules(reader: Reader, name: str, node: Node) -> tuple[ReadRule, ...]:
    """``spaces, pages of payload.spaceId``; null is nothing."""
    if node.value is None or not reader.is_a(node, str, f"reads of {name}"):
        return ()
    rules = (_read_rule(reader, node, text.strip()) for text in node.value.split(","))
    return tuple(rule for rule in rules if rule)


def _read_rule(reader: Reader, node: Node, text: str) -> ReadRule | None:
    form = _RULE.fullmatch(text)
    if form is None or (form[3] and not _DOTTED.fullmatch(form[3])):
        reader.tell(node, f"{text!r} is not a read rule", "write KIND, or KIND of payload.NAME")
        return None
    if form[1] not in READ_KINDS:
        reader.tell(node, f"unknown kind {form[1]!r}", one_of(form[1], READ_KINDS))
        return None
    source = cast(Literal["payload", "context"] | None, form[2])
    return ReadRule(kind=form[1], source=source, name=form[3])


def read_stores(reader: Reader, node: Node | None) -> tuple[Store, ...]:
    stores: list[Store] = []
    taken: list[tuple[str, KeyPattern, int | None]] = []
    for item in reader.items(node, "stores"):
        fields = reader.fields(item, "a store", required=("in", "key", "value"), known=STORE_FIELDS)
        place, key = _read_place(reader, fields.get("in")), _read_key(reader, fields.get("key"))
        value = _read_type(reader, fields.get("value"), "value")
        if value is not None and has_content(value):
            reader.tell(fields["value"], "content may not be stored", "content is only possible under sends")
        audience = fields.get("audience")
        chosen = reader.choice(audience, "audience", AUDIENCES) if audience else "space-viewers"
        depends = read_depends(reader, fields.get("depends_on"), {"": value}, "depends_on")
        if place is None or key is None:
            continue
        for other_place, other, line in taken:
            if other_place == place and other.overlaps(key):
                hint = f"{other.text} on line {line}: no key may belong to two stores"
                reader.tell(fields["key"], f"{key.text} overlaps another key of {place}", hint)
        taken.append((place, key, item.line))
        if value is not None:
            stores.append(
                Store(
                    place=place,
                    key=key,
                    audience=cast(Audience, chosen),
                    value=value,
                    depends_on=depends,
                    line=item.line,
                )
            )
    return tuple(stores)


def _read_place(reader: Reader, node: Node | None) -> str | None:
    if node is None:
        return None
    if isinstance(node.value, str) and (form := _ENTITY.fullmatch(node.value)):
        return f"entity {form[1]}"
    return reader.choice(node, "in", (*PLACES, "entity NAME") if node.value != "entity NAME" else PLACES)


def _read_key(reader: Reader, node: Node | None) -> KeyPattern | None:
    if node is None or not reader.is_a(node, str, "key"):
        return None
    try:
        return KeyPattern.parse(node.value)
    except ValueError as error:
        reader.tell(node, str(error))
        return None


def read_sends(reader: Reader, node: Node | None, variables: Mapping[str, Variable]) -> dict[str, Send]:
    if node is None or node.value is None:
        return {}
    return {name: _read_send(reader, name, item, variables) for name, item in reader.fields(node, "sends").items()}


def _read_send(reader: Reader, name: str, node: Node, variables: Mapping[str, Variable]) -> Send:
    fields = reader.fields(node, f"the send {name!r}", required=("method", "path"), known=SEND_FIELDS)
    parts = {part: _read_type(reader, fields.get(part), part, variables) for part in SEND_PARTS}
    for part in ("query", "headers"):
        if parts[part] is not None and not isinstance(parts[part], Fields):
            reader.tell(fields[part], f"{part} must be a map of names to types")
    if isinstance(parts["headers"], Fields):
        parts["headers"] = _lower_case(reader, fields["headers"], parts["headers"])
    nothing = Fields({})
    return Send(
        name=name,
        method=parts["method"] or nothing,
        path=parts["path"] or nothing,
        query=parts["query"],
        headers=parts["headers"],
        body=parts["body"],
        depends_on=read_depends(reader, fields.get("depends_on"), parts, "depends_on"),
        line=node.line,
    )


def read_answers(reader: Reader, node: Node | None) -> dict[str, Send]:
    """What web triggers may answer, by module key. Whoever holds the URL gets it, so that none of it may be content."""
    if node is None or node.value is None:
        return {}
    return {name: _read_answer(reader, name, item) for name, item in reader.fields(node, "answers").items()}


def _read_answer(reader: Reader, name: str, node: Node) -> Send:
    fields = reader.fields(node, f"the answer of {name!r}", required=("status",), known=ANSWER_FIELDS)
    parts = {part: _read_type(reader, fields.get(part), part) for part in ANSWER_FIELDS}
    headers = parts["headers"]
    if headers is not None and not isinstance(headers, Fields):
        reader.tell(fields["headers"], "headers must be a map of names to types")
    for part, of in parts.items():
        if of is not None and has_content(of):
            reader.tell(fields[part], "content may not be answered", "anybody may hold the URL of a web trigger")
    if isinstance(headers, Fields):
        headers = _lower_case(reader, fields["headers"], headers)
    return Send(
        name=name,
        method=parts["status"] or Fields({}),
        path=Const(""),
        headers=headers,
        body=parts["body"],
        line=node.line,
    )


def _lower_case(reader: Reader, node: Node, headers: Fields) -> Fields:
    lowered: dict[str, Type] = {}
    for name, of in headers.fields.items():
        if name.lower() in lowered:
            reader.tell_at(node.keys[name], f"the header {name!r} is there twice")
        lowered[name.lower()] = of
    return Fields(lowered)


def _read_type(
    reader: Reader, node: Node | None, what: str, variables: Mapping[str, Variable] | None = None
) -> Type | None:
    """The type under a node, or ``None`` where there is none or it has problems, which are told in their
    places."""
    if node is None:
        return None
    faults = 0

    def tell(path: TypePath, fault: str, hint: str | None) -> None:
        nonlocal faults
        faults += 1
        inner = ".".join((what, *map(str, path)))
        reader.tell(node.at(path), f"{inner}: {fault}", hint)

    found = read_type(node.data() if variables is None else filled_in(reader, node, variables), tell)
    return None if faults else found
