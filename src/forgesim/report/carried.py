"""What every report carries, whatever its form: what it is not, and what its words mean."""

from __future__ import annotations

from collections.abc import Mapping

from forgesim.claims.kit import Outcome, Strength

__all__ = ["COVERS", "DISCLAIMERS", "OTHER_TRUST", "OUTCOME_MEANS", "STRENGTH_MEANS", "TAKEN"]

COVERS = "backend"
"""What verdicts are about; the front end is bounded by scopes and the manifest's content policy."""

DISCLAIMERS = (
    "forgesim is a simulator, not Atlassian; what Atlassian's servers do is not tested here.",
    "Its apps are independent re-implementations, not affiliated with any vendor named.",
    "Nothing here is a statement about a vendor's shipped app.",
    "This is not a certification. The ledger's hash chain detects corruption, not forgery.",
    "forgesim is not forge-sim, a project of a similar name, and shares no code with it.",
    "Atlassian, Confluence, Jira and Forge are trademarks of Atlassian; other names belong to their owners.",
)

TAKEN = "judged again from crossings; trial, coverage and inventory records are taken as they stand"

OTHER_TRUST = "judged by another trust.yml than the one that was there when the ledger was written"

OUTCOME_MEANS: Mapping[Outcome, str] = {
    Outcome.HOLDS: "nothing that was run or probed speaks against it; how much that is worth, the strength says",
    Outcome.BROKEN: "something that crossed, or was tried, contradicts it; a refused attempt counts",
    Outcome.UNPROVEN: "too little was seen, or what was seen does not repeat: neither for nor against",
    Outcome.NOT_APPLICABLE: "manifest and trust.yml leave it nothing to say about",
    Outcome.ERROR: "a run did not end as it should, so nothing is said",
}

STRENGTH_MEANS: Mapping[Strength, str] = {
    Strength.ENFORCED: "a control that real Forge documents, emulated here, refuses the contrary",
    Strength.INHERITED: "the platform promises it and the app cannot change it; it was not tested here",
    Strength.BOUNDED: "each time the declared types let at most so many bits through; how often, and what, is open",
    Strength.TESTED: "so many trials, with the bound that they allow",
    Strength.OBSERVED: "so it was in the runs of this proof, and nothing is said of others",
}
