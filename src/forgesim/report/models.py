"""The JSON of ``prove``, ``judge``, ``run`` and ``lint`` with ``--json`` as types, for scripts that read it.

``Proof.model_validate_json(line)`` gives a typed object or says what is wrong; ``docs/*.schema.json`` are made from
these. forgesim itself prints without loading them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Coverage", "Crossings", "Eligibility", "Evidence", "Failure", "Finding", "Linted", "Major", "Policy", "Proof",
    "Ran", "Verdict", "schemas", "write_schemas",
]  # fmt: skip


class Shape(BaseModel):
    """Closed and frozen: a field that is not named here is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(Shape):
    """A crossing (``seq``; 0 where it is none) that speaks against a claim, why, and the app's line where known."""

    seq: int = Field(ge=0)
    why: str
    at: str | None


class Verdict(Shape):
    """One claim of the catalog. ``claimed`` is false where trust.yml omits it; ``strength`` is null unless HOLDS."""

    claim: str
    claimed: bool
    outcome: Literal["HOLDS", "BROKEN", "UNPROVEN", "NOT_APPLICABLE", "ERROR"]
    strength: Literal["enforced", "inherited", "bounded", "tested", "observed"] | None
    crossings: int = Field(ge=0)
    says: str
    evidence: list[Evidence] = Field(max_length=20)


class Coverage(Shape):
    """Units of app code, those that never ran, and dependencies that are not counted."""

    units: int = Field(ge=0)
    missed: list[str]
    excluded: list[str]


class Proof(Shape):
    """One app: a line of ``prove --json``, and what ``judge --json`` prints."""

    app: str
    version: str
    catalog: str
    covers: Literal["backend"]
    confined: bool
    sandbox: Literal["full+ns", "full", "full-no-witness", "none"]
    coverage: Coverage
    verdicts: list[Verdict]


class Failure(Shape):
    """How the app's function failed."""

    type: str
    message: str
    at: str | None


class Crossings(Shape):
    """What crossed, in numbers."""

    read: int = Field(ge=0)
    write: int = Field(ge=0)
    egress: int = Field(ge=0)
    refused: int = Field(ge=0)


class Ran(Shape):
    """What ``run --json`` prints: the last call, what crossed, and the claims that it broke.

    ``live`` is there only where live egress was on: host → requests that really left the machine.
    """

    app: str
    function: str
    user: str | None
    result: Any
    error: Failure | None
    crossings: Crossings
    broken: list[Verdict]
    live: dict[str, Annotated[int, Field(ge=0)]] | None = None


class Finding(Shape):
    """One finding of ``lint``. ``rule`` is a name of docs/lint.md; ``hint`` says what to do."""

    rule: str
    severity: Literal["error", "warning", "note"]
    what: str
    file: str | None
    line: int | None = Field(ge=1)
    hint: str | None


class Reason(Shape):
    """A requirement of Runs on Atlassian: ``met`` is null where the files cannot tell, ``forge`` Forge's own name."""

    name: str
    forge: str | None
    met: bool | None
    why: str
    line: int | None = Field(ge=1)


class Eligibility(Shape):
    """Eligible where no requirement is known to be missed."""

    eligible: bool
    reasons: list[Reason]


class Refused(Shape):
    """Something that the manifest asks for and the policy does not get."""

    kind: str
    text: str
    why: str


class Policy(Shape):
    """The Content Security Policy of one page."""

    resource: str
    page: str
    header: str
    directives: dict[str, list[str]]
    refused: list[Refused]


class Change(Shape):
    """What forces a major version; ``line`` is null for what is gone."""

    name: str
    what: str
    line: int | None = Field(ge=1)


class Major(Shape):
    """The kind of the next version beside an older manifest."""

    against: str
    version: Literal["major", "minor"]
    changes: list[Change]


class Linted(Shape):
    """What ``lint --json`` prints."""

    app: str
    findings: list[Finding]
    eligibility: Eligibility | None
    csp: list[Policy]
    major: Major | None


def schemas() -> dict[str, dict[str, Any]]:
    """File name → JSON Schema."""
    return {
        "prove.schema.json": Proof.model_json_schema(),
        "run.schema.json": Ran.model_json_schema(),
        "lint.schema.json": Linted.model_json_schema(),
    }


def write_schemas(folder: Path) -> None:
    """Write the schemas to a folder, the same bytes each time."""
    for name, schema in schemas().items():
        (folder / name).write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
