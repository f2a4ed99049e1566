"""What clauses of JQL share, whatever their field: what having no value is called, and the wrong operator."""

from __future__ import annotations

from dataclasses import replace

from forgesim.products.jira.errors import Refused, bad_request
from forgesim.products.jira.jql import Clause, Value
from forgesim.products.jira.jql_history import is_empty

__all__ = ["asks_empty", "without_unresolved", "wrong_operator"]


def without_unresolved(clause: Clause, field: str) -> Clause:
    """The clause with EMPTY for the word Unresolved, which stands for having no resolution."""
    if field != "resolution":
        return clause
    none = [Value("EMPTY") if each.text.casefold() == "unresolved" else each for each in clause.values]
    return replace(clause, values=tuple(none))


def asks_empty(clause: Clause) -> bool:
    """Whether the clause is about having no value: ``is EMPTY``, or ``= EMPTY``, which means the same."""
    if clause.op in ("is", "is not") and not is_empty(clause.values[0]):
        raise bad_request(
            f"The operator '{clause.op}' for the field '{clause.field}' takes EMPTY or NULL, "
            f"not '{clause.values[0].text}'."
        )
    return clause.op in ("is", "is not", "=", "!=") and is_empty(clause.values[0])


def wrong_operator(clause: Clause) -> Refused:
    return bad_request(f"The operator '{clause.op}' is not supported by the '{clause.field}' field.")
