"""What the demo company writes about: subjects, title patterns and sentence patterns, all written for
forgesim.

A pattern's slots: ``{a}`` and ``{b}`` two things of the page's subject, ``{v}`` a verb, ``{q}`` a quality,
``{t}`` a team, ``{n}`` a number, ``{s}`` the subject itself.
"""

from __future__ import annotations

__all__ = ["CODE", "PEOPLE", "SENTENCES", "SPACES", "TEAMS", "THINGS", "Person", "SpacePlan"]

from typing import NamedTuple


class Person(NamedTuple):
    """A member of the demo company; ``groups`` decide what they see."""

    handle: str
    name: str
    zone: str
    groups: tuple[str, ...]
    active: bool = True


PEOPLE = (
    Person("alice", "Alice Marchetti", "Europe/Berlin", ("staff", "engineering", "people-team", "site-admins")),
    Person("bob", "Bob Okafor", "Europe/London", ("staff",)),
    Person("carol", "Carol Lindqvist", "Europe/Stockholm", ("staff", "people-team")),
    Person("dmitri", "Dmitri Halloran", "Europe/Dublin", ("staff", "engineering")),
    Person("emeka", "Emeka Stansfield", "Africa/Lagos", ("staff", "engineering")),
    Person("farah", "Farah Nouri", "Asia/Dubai", ("staff", "engineering", "on-call")),
    Person("goran", "Goran Petrovsky", "Europe/Belgrade", ("staff", "engineering"), active=False),
    Person("hana", "Hana Kobayashi", "Asia/Tokyo", ("staff", "on-call", "engineering")),
    Person("ines", "Ines Carvalho", "Europe/Lisbon", ("staff",)),
    Person("jonas", "Jonas Weatherby", "America/New_York", ("staff", "people-team")),
    Person("kira", "Kira Valdez", "America/Denver", ("staff",), active=False),
    Person("liam", "Liam Abernathy", "Australia/Sydney", ("contractors",)),
)


class SpacePlan(NamedTuple):
    """A space to generate: how many pages, its sections, its subjects and how its titles read."""

    key: str
    name: str
    description: str
    pages: int
    sections: tuple[str, ...]
    subjects: tuple[str, ...]
    titles: tuple[str, ...]


SPACES = (
    SpacePlan(
        "DOCS",
        "Product documentation",
        "How customers install, configure and operate the Harbour platform.",
        72,
        (
            "Getting started",
            "Configuration",
            "Integrations",
            "Administration",
            "Troubleshooting",
            "Release history",
        ),
        (
            "export queue",
            "webhook delivery",
            "access tokens",
            "audit trail",
            "report builder",
            "import wizard",
            "billing portal",
            "search index",
            "mail templates",
            "file storage",
            "mobile client",
            "single sign-on",
            "data retention",
            "usage dashboard",
            "rate limits",
        ),
        (
            "Configure the {s}",
            "{S} reference",
            "Troubleshoot the {s}",
            "{S} in ten minutes",
            "Limits of the {s}",
            "Migrate to the new {s}",
            "{S} for administrators",
            "Frequent questions about the {s}",
        ),
    ),
    SpacePlan(
        "ENG",
        "Engineering handbook",
        "How we build, review, release and run our services.",
        54,
        ("Architecture", "Services", "Runbooks", "Decisions", "Ways of working"),
        (
            "ingest service",
            "relay gateway",
            "scheduler",
            "ledger store",
            "feature flags",
            "build pipeline",
            "staging cluster",
            "alert routing",
            "schema registry",
            "cache layer",
            "load tests",
            "release train",
        ),
        (
            "{S} overview",
            "Runbook: {s}",
            "Decision: replace the {s}",
            "{S} on-call notes",
            "How we test the {s}",
            "Capacity plan for the {s}",
            "Post-incident review of the {s}",
        ),
    ),
    SpacePlan(
        "HR",
        "People and culture",
        "Policies, hiring and growth. Members of the people team only.",
        24,
        ("Policies", "Hiring", "Growth"),
        (
            "parental leave",
            "remote work",
            "salary bands",
            "interview training",
            "expense claims",
            "mentoring",
            "sabbaticals",
            "performance talks",
        ),
        ("{S} policy", "Guide to {s}", "{S}: questions and answers", "Review of {s}"),
    ),
)

TEAMS = ("platform team", "support desk", "release crew", "security group", "docs guild", "data team")

THINGS = {
    "DOCS": (
        "workspace owner",
        "settings page",
        "connection string",
        "retry policy",
        "signing key",
        "status column",
        "download link",
        "permission set",
        "archive folder",
        "event type",
        "tenant name",
        "sandbox account",
        "field mapping",
        "time window",
    ),
    "ENG": (
        "worker pool",
        "dead letter queue",
        "deployment plan",
        "error budget",
        "replica set",
        "health check",
        "rollback script",
        "trace sample",
        "config bundle",
        "lock table",
        "message schema",
        "shard map",
        "probe host",
    ),
    "HR": (
        "line manager",
        "notice period",
        "review form",
        "benefit plan",
        "calendar entry",
        "budget holder",
        "contract annex",
        "team lead",
        "approval note",
        "hiring panel",
    ),
}

VERBS = (
    "checks",
    "updates",
    "records",
    "replaces",
    "validates",
    "forwards",
    "stores",
    "confirms",
    "announces",
)
QUALITIES = (
    "reliable",
    "temporary",
    "shared",
    "manual",
    "optional",
    "signed",
    "nightly",
    "regional",
    "read-only",
)

SENTENCES = (
    "The {a} {v} the {b} before anything else happens.",
    "When the {a} is {q}, ask the {t} for help.",
    "Every {a} keeps at most {n} entries, and older ones are dropped.",
    "You need a {q} {a} and the right to change the {b}.",
    "Open the {a}, choose the {b}, and save your changes.",
    "If the {a} does not answer within {n} seconds, the {b} tries again.",
    "Most problems with the {s} come from a {q} {a} that nobody has looked at for months.",
    "The {t} {v} each {a} once a week.",
    "A {q} {a} is safer than a {q} {b}, but it takes longer to set up.",
    "Do not share the {a} outside the {t}.",
    "We measured {n} requests a minute on the {a} last spring.",
    "This applies to the {s} only; the {a} has rules of its own.",
    "Once the {b} is in place, the {a} {v} it without further steps.",
    "The {a} was designed for small teams, so it copes badly with more than {n} people.",
    "Afterwards, tell the {t} which {a} you used and why.",
    "There is no way to undo this, so copy the {b} first.",
    "By default the {a} is {q}; change it under the {b}.",
    "Keep the {a} short.",
    "It {v} the {b}.",
    "Because the {a} depends on the {b}, and the {b} on whatever the {t} has set up, a change takes a while.",
    "In practice the {q} {a} is the bottleneck, so the {t} would rather split it than share one {b}.",
    "After a restart the {a} needs {n} minutes, in which the {b} is {q} and out of reach for customers.",
    "Write down the number of the {a}.",
    "The old {a} still works, yet it is no longer maintained.",
    "Nothing in the {s} may rely on the order of the {b}.",
)

CODE = (
    ("bash", "harbour {c} list --limit {n}\nharbour {c} show --verbose\n"),
    ("json", '{{\n  "{c}": {{"enabled": true, "window": {n}}}\n}}\n'),
    ("python", "client = connect(region)\nfor item in client.{c}(limit={n}):\n    print(item.state)\n"),
    ("yaml", "{c}:\n  retries: {n}\n  owner: platform\n"),
    ("sql", "select count(*) from {c} where age_days > {n};\n"),
)
