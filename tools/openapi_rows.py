"""Rows of facts from one OpenAPI document; what the columns mean is told in build_scopes.py."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from tools.op_classes import ClassRules

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
OAUTH_SCHEMES = ("OAuth2", "oAuthDefinitions")

CLASSIC = re.compile(
    r"(?:read|write|manage):jira-(?:work|user|project|configuration|webhook|data-provider)"
    r"|(?:read|write|manage):(?:servicedesk|servicemanagement)-[a-z-]+"
    r"|(?:read|write|manage):confluence-[a-z.-]+"
    r"|search:confluence|readonly:content\.attachment:confluence"
    r"|read:me|read:account|offline_access"
)

SAY_READ_BUT_WRITE = {
    ("POST", "/wiki/api/v2/user/access/invite-by-email"),
    ("POST", "/rest/atlassian-connect/1/migration/{connectKey}/{jiraIssueFieldsKey}/task"),
}
SAY_WRITE_BUT_READ = {
    ("POST", "/rest/api/3/comment/list"),
    ("POST", "/rest/api/3/jql/parse"),
    ("POST", "/rest/api/3/workflows/create/validation"),
    ("POST", "/rest/api/3/workflows/update/validation"),
    ("POST", "/rest/api/3/workflowscheme/update/mappings"),
    ("POST", "/rest/atlassian-connect/1/migration/workflow/rule/search"),
    ("POST", "/rest/internal/api/latest/worklog/bulk"),
    ("POST", "/rest/servicedeskapi/request/validate"),
}

Json = dict[str, Any]


class Document:
    """An OpenAPI document whose references can be followed."""

    def __init__(self, spec: Json) -> None:
        self.spec = spec

    def follow(self, node: Any) -> Json:
        for _ in range(20):
            if not isinstance(node, dict) or "$ref" not in node:
                return node or {}
            found: Any = self.spec
            for part in node["$ref"].split("/")[1:]:
                found = found[part.replace("~1", "/").replace("~0", "~")]
            node = found
        return {}

    def properties(self, schema: Any) -> tuple[Json, set[str], str | None]:
        """Properties, required ones and type of a schema, through references; alternatives are united."""
        here = self.follow(schema)
        found, needed = dict(here.get("properties") or {}), set(here.get("required") or ())
        for part in here.get("allOf") or ():
            more, also, _ = self.properties(part)
            found.update(more)
            needed |= also
        for part in (here.get("oneOf") or []) + (here.get("anyOf") or []):
            for key, value in self.properties(part)[0].items():
                found.setdefault(key, value)
        return found, needed, here.get("type")

    def operations(self) -> Iterator[tuple[str, str, Json, list[Json]]]:
        """Method, path, operation and its parameters, in the document's order."""
        for path, item in self.spec["paths"].items():
            for method in item:
                if method in METHODS:
                    op = item[method]
                    both = (item.get("parameters") or []) + (op.get("parameters") or [])
                    yield method.upper(), path, op, [self.follow(each) for each in both]


def alternatives(op: Json) -> tuple[list[tuple[str, list[str]]], bool]:
    """(state, scopes) of each alternative, and whether they come from ``security`` alone."""
    declared = op.get("x-atlassian-oauth2-scopes")
    if declared is not None:
        return [(each["state"], list(each["scopes"])) for each in declared], False
    return [("Current", scopes) for scopes in oauth_lists(op)], True


def oauth_lists(op: Json) -> list[list[str]]:
    return [list(e[s]) for e in op.get("security") or () for s in OAUTH_SCHEMES if s in e]


def column(state: str, scopes: list[str]) -> int:
    """0 for a classic alternative, 1 for a granular one; a mixed or empty one goes by its state."""
    classic = sum(1 for scope in scopes if CLASSIC.fullmatch(scope))
    if scopes and classic in (0, len(scopes)):
        return 0 if classic else 1
    return 1 if state == "Beta" else 0


def scopes_of(op: Json, name: str) -> tuple[list[str] | None, list[str] | None, str]:
    """Classic alternative, granular alternative, and the flags that concern scopes."""
    found, from_security = alternatives(op)
    columns: list[list[str] | None] = [None, None]
    home: dict[str, int] = {}
    for state, scopes in found:
        at = column(state, scopes)
        if columns[at] is not None and columns[at] != scopes:
            sys.exit(f"{name}: two different alternatives of one kind")
        columns[at] = scopes
        home.setdefault(state, at)
    oauth = oauth_lists(op)
    flags = "a" * any(entry == {} for entry in op.get("security") or ()) + "n" * (not oauth)
    if not found:
        return None, None, flags + "?"
    flags += "G" * (home.get("Current") == 1) + "B" * ("Current" not in home)
    if from_security:
        flags += "S"
    elif oauth and "Current" in home:
        current = next(scopes for state, scopes in found if state == "Current")
        flags += "M" * (sorted(oauth[0]) != sorted(current))
    return columns[0], columns[1], flags


def reads_or_writes(method: str, path: str, classic: list[str], granular: list[str], connect: str | None) -> str:
    """``r`` or ``w``: by method, then by the reviewed exceptions, then by the verbs of the scopes."""
    if method in ("GET", "HEAD", "OPTIONS") or (method, path) in SAY_WRITE_BUT_READ:
        return "r"
    if method in ("DELETE", "PATCH") or (method, path) in SAY_READ_BUT_WRITE:
        return "w"
    verbs = {scope.split(":", 1)[0] for scope in classic + granular}
    fine = {scope.split(":", 1)[0] for scope in granular}
    if not verbs:
        return "r" if connect == "READ" else "w"
    return "r" if verbs <= {"read", "readonly", "search"} or (fine and fine <= {"read", "search"}) else "w"


ITEM_KEYS = (
    "results", "values", "issues", "comments", "worklogs", "histories", "items",
    "issueChangeLogs", "records", "dashboards", "styles", "data",
)  # fmt: skip


def item_key(doc: Document, op: Json) -> str | None:
    """The key under which a page of results stands; ``[]`` where the answer is the array itself."""
    for code in ("200", "201"):
        response = doc.follow((op.get("responses") or {}).get(code))
        for media in (response.get("content") or {}).values():
            schema = doc.follow(media.get("schema"))
            if schema.get("type") == "array":
                return "[]"
            props = doc.properties(schema)[0]
            arrays = [key for key, value in props.items() if doc.follow(value).get("type") == "array"]
            known = [key for key in ITEM_KEYS if key in arrays] or [
                key for key in ITEM_KEYS if isinstance(sample_of(media).get(key), list)
            ]
            if len(arrays) == 1 or known:
                return known[0] if known and (known[0] in arrays or len(arrays) != 1) else arrays[0]
    return None


def sample_of(media: Json) -> Json:
    """The example of an answer, which names the items where a schema is missing."""
    sample = media.get("example")
    if sample is None and media.get("examples"):
        sample = next(iter(media["examples"].values())).get("value")
    try:
        sample = json.loads(sample) if isinstance(sample, str) else sample
    except ValueError:
        return {}
    return sample if isinstance(sample, dict) else {}


def number(schema: Json, key: str) -> int | None:
    value = schema.get(key)
    return int(value) if isinstance(value, int | float) or (isinstance(value, str) and value.isdigit()) else None


PAGING = (
    ("token", "nextPageToken", "maxResults", 0),
    ("cursor", "cursor", "limit", 0),
    ("offset", "startAt", "maxResults", 0),
    ("start", "start", "limit", 0),
    ("body-token", "nextPageToken", "maxResults", 1),
    ("body-offset", "startAt", "maxResults", 1),
    ("limit", "limit", "limit", 0),
    ("limit", "maxResults", "maxResults", 0),
)


def paging_of(doc: Document, op: Json, params: list[Json], body: Json) -> list[Any] | None:
    pools = (
        {each["name"]: doc.follow(each.get("schema")) for each in params if each.get("in") == "query"},
        {key: doc.follow(value) for key, value in body.items()},
    )
    for kind, mark, size, where in PAGING:
        if mark in pools[where]:
            schema = pools[where].get(size, {})
            return [kind, number(schema, "default"), number(schema, "maximum"), item_key(doc, op)]
    return None


def body_of(doc: Document, op: Json) -> tuple[list[str] | None, Json, bool]:
    """Names of the body's properties, their schemas, and whether it is multipart."""
    content = doc.follow(op.get("requestBody")).get("content") or {}
    if not content:
        return None, {}, False
    media = content.get("application/json") or next(iter(content.values()))
    props, needed, kind = doc.properties(media.get("schema"))
    names = [key + "!" * (key in needed) for key in props] or ["[]" if kind == "array" else "*"]
    return names, props, any(each.startswith("multipart/") for each in content)


def parameter_names(doc: Document, params: Iterable[Json]) -> list[str]:
    return [
        "h:" * (each["in"] == "header")
        + each["name"]
        + "[]" * (doc.follow(each.get("schema")).get("type") == "array")
        + "!" * bool(each.get("required"))
        for each in params
        if each.get("in") in ("query", "header")
    ]


def row_of(doc: Document, rules: ClassRules, prefix: str, operation: tuple[str, str, Json, list[Json]]) -> list[Any]:
    method, path, op, params = operation
    path = prefix + path
    classic, granular, scope_flags = scopes_of(op, f"{method} {path}")
    flag = reads_or_writes(method, path, classic or [], granular or [], op.get("x-atlassian-connect-scope"))
    body, props, multipart = body_of(doc, op)
    policy = op.get("x-atlassian-data-security-policy") or []
    flags = flag + scope_flags + "d" * bool(op.get("deprecated")) + "x" * bool(op.get("x-experimental"))
    flags += "e" * any(each.get("app-access-rule-exempt") for each in policy) + "f" * multipart
    ok = [int(code) for code in op.get("responses", {}) if code.isdigit() and int(code) < 400]
    paging = paging_of(doc, op, params, props)
    names = parameter_names(doc, params)
    return [method, path, classic, granular, flags, rules.of(method, path, flag), names, paging, body, ok]
