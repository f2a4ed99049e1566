"""Names for what is found when the two files are read, before any check."""

from __future__ import annotations

from typing import Final

from forgesim.errors import Problem
from forgesim.lint.finding import Finding, Rule
from forgesim.manifest.load import MANIFEST, TRUST

__all__ = ["RULES", "finding_of"]

MANIFEST_BROKEN: Final = Rule(
    name="manifest",
    severity="error",
    why="manifest.yml cannot be used as it stands; a warning for what real Forge calls deprecated.",
    do="correct the line",
)
TRUST_BROKEN: Final = Rule(
    name="trust",
    severity="error",
    why="trust.yml cannot be used as it stands; a warning for what a privacy page should say and does not.",
    do="correct the line",
)
APP_FILES: Final = Rule(
    name="app-files",
    severity="error",
    why="A file of the app cannot be read, or leads out of it.",
    do="correct the file",
)
SCOPE_UNKNOWN: Final = Rule(
    name="scope-unknown",
    severity="warning",
    why="No document of a product and none of Forge has the scope: a deployment refuses it, and it opens nothing.",
    do="correct its name",
)
PLAIN_TEXT: Final = Rule(
    name="egress-plain-text",
    severity="warning",
    why="An entry that is a bare text is deprecated: it can say neither category nor inScopeEUD.",
    do="write {address: …}",
)
ANY_HOST: Final = Rule(
    name="egress-any-host",
    severity="warning",
    why="'*' lets data go anywhere, or code and pictures come from anywhere.",
    do="name the hosts",
)
PATH_IGNORED: Final = Rule(
    name="egress-path-ignored",
    severity="warning",
    why="Of a fetch.backend address only the host counts: the whole host may be reached.",
    do="leave the path out",
)
SCHEME: Final = Rule(
    name="egress-scheme",
    severity="error",
    why="Only https and wss leave the platform, and a scheme of one's own may have a directive behind it: "
    "myapp:; script-src *.",
    do="write https:// and a host",
)
WILDCARD: Final = Rule(
    name="egress-wildcard",
    severity="error",
    why="A star stands for whole labels at the start: *x.com would let evilx.com through, api.*.com matches nothing.",
    do="write *.example.com",
)
USERINFO: Final = Rule(
    name="egress-userinfo",
    severity="error",
    why="What stands before @ is a user, not a host, and is easily read as one.",
    do="leave out the part up to @",
)
CHARACTERS: Final = Rule(
    name="egress-characters",
    severity="error",
    why="The address has characters that the documented form has not: blanks, quotes, ; and the like could end a "
    "source or a directive of the page's policy.",
    do="write a scheme, a host and a path",
)
HOST: Final = Rule(
    name="egress-host",
    severity="error",
    why="The address has no host that could be one: no dot, an empty label, or too long.",
    do="write a full host name, for example api.example.com",
)
RULES: Final = (
    MANIFEST_BROKEN, TRUST_BROKEN, APP_FILES, SCOPE_UNKNOWN, PLAIN_TEXT, ANY_HOST, PATH_IGNORED, SCHEME, WILDCARD,
    USERINFO, CHARACTERS, HOST,
)  # fmt: skip


def finding_of(problem: Problem) -> Finding:
    """A problem of loading under its name, or under that of its file."""
    name = (problem.file or "").replace("\\", "/").rpartition("/")[2]
    of_file = {MANIFEST: MANIFEST_BROKEN.name, TRUST: TRUST_BROKEN.name}.get(name, APP_FILES.name)
    return Finding(
        rule=problem.rule or of_file,
        severity="warning" if problem.warning else "error",
        what=problem.what,
        file=problem.file,
        line=problem.line,
        column=problem.column,
        hint=problem.hint,
    )
