"""JUnit XML: one test suite an app, one test case a claim, so that a CI shows a privacy claim as it shows a test.

BROKEN and UNPROVEN are failures (their ``type`` says which), ERROR is an error. A claim that does not apply, or that
trust.yml does not make, is skipped. So the file is green exactly where ``prove`` ends with 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from forgesim.claims.kit import Outcome, Verdict
from forgesim.counted import counted
from forgesim.report.carried import COVERS, DISCLAIMERS
from forgesim.report.markup import visible
from forgesim.report.proved import Proved

__all__ = ["junit_xml"]

KINDS = {
    Outcome.HOLDS: None,
    Outcome.BROKEN: "failure",
    Outcome.UNPROVEN: "failure",
    Outcome.ERROR: "error",
    Outcome.NOT_APPLICABLE: "skipped",
}
"""Outcome → the element that says it."""


def junit_xml(proofs: Sequence[Proved]) -> bytes:
    """The whole file, UTF-8. Characters that XML 1.0 has no place for are visible escapes."""
    root = _element("testsuites", name="forgesim")
    counts: Counter[str] = Counter()
    for proved in proofs:
        suite = _suite(proved)
        counts += Counter({name: int(suite.attrib[name]) for name in ("tests", "failures", "errors")})
        root.append(suite)
    for name in ("tests", "failures", "errors"):
        root.set(name, str(counts[name]))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def _suite(proved: Proved) -> ET.Element:
    kinds = Counter(_kind(verdict) for verdict in proved.verdicts)
    suite = _element(
        "testsuite",
        name=proved.app,
        tests=str(len(proved.verdicts)),
        failures=str(kinds["failure"]),
        errors=str(kinds["error"]),
        skipped=str(kinds["skipped"]),
        time="0",
        timestamp=proved.created.removesuffix("Z"),
    )
    properties = ET.SubElement(suite, "properties")
    told = {
        "version": proved.version,
        "digest": proved.digest,
        "date": proved.created,
        "covers": COVERS,
        "sandbox": proved.sandbox,
        "confined": str(proved.confined).lower(),
        "forgesim": proved.forgesim,
        "catalog": proved.catalog,
        "ledger": proved.head,
        **({"undeployable": "; ".join(proved.undeployable)} if proved.undeployable else {}),
    }
    for name, value in told.items():
        properties.append(_element("property", name=name, value=value))
    suite.extend(_case(proved, verdict) for verdict in proved.verdicts)
    ET.SubElement(suite, "system-out").text = "\n".join(DISCLAIMERS)
    return suite


def _case(proved: Proved, verdict: Verdict) -> ET.Element:
    case = _element("testcase", classname=f"forgesim.{proved.app}", name=verdict.claim, time="0")
    kind = _kind(verdict)
    if kind == "skipped":
        why = verdict.says if verdict.claimed else f"trust.yml does not make this claim: {verdict.outcome.value}"
        case.append(_element("skipped", message=why))
    elif kind is not None:
        found = _element(kind, type=verdict.outcome.value, message=verdict.says)
        found.text = visible("\n".join(_lines(verdict)))
        case.append(found)
    strength = f", {verdict.strength.value}" if verdict.strength else ""
    out = ET.SubElement(case, "system-out")
    out.text = visible(f"{verdict.outcome.value}{strength}, {counted(verdict.crossings, 'crossing')}: {verdict.says}")
    return case


def _kind(verdict: Verdict) -> str | None:
    return KINDS[verdict.outcome] if verdict.claimed else "skipped"


def _lines(verdict: Verdict) -> list[str]:
    lines = [f"{verdict.outcome.value}: {verdict.says}"]
    for item in verdict.evidence:
        number = f" #{item.seq}" if item.seq else ""
        lines.append(f"{item.at or '-'}{number}  {item.why}")
    return lines


def _element(kind: str, /, **attributes: str) -> ET.Element:
    return ET.Element(kind, {key: visible(value) for key, value in attributes.items()})
