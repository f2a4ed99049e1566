"""Where forgesim's reader of manifests and Atlassian's own validator differ, and why; each row is checked both ways."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["DIFFERENCES", "Difference"]


class Difference(NamedTuple):
    """``where``: a regular expression for the names of cases. ``forge``: what its validator does, alone."""

    forge: Literal["refuses", "takes"]
    where: str
    why: str


OTHER_SCHEMES = "blob:|ftp:|myapp:|ws:|//|localhost"
ENUMERATED = "bearerMethod|entityType|experience|linkTypes|objectTypes|operators|searchAlias|triggers|type|types"

DIFFERENCES: tuple[Difference, ...] = (
    # --- forgesim alone refuses
    Difference("takes", r"app\.id is .*", "No app has an id without a UUID: the console makes them."),
    Difference("takes", r'app\.runtime\.name is "nodejs20\.x"', "The server takes it no more since 2026-10-09."),
    Difference(
        "takes",
        r"app\.storage\.entities\.0 is .*|entities: app\.storage\.entities\b.*",
        "Two range attributes, an odd or empty index name, an entity twice: the server refuses them (measured).",
    ),
    Difference("takes", r"app\.runtime\.memoryMB is 512\.5", "There is no half a megabyte in the documentation."),
    Difference("takes", r"modules\.function\.1 is .*2\.5.*", "Nor half a second."),
    Difference("takes", r"modules\.function\.1 is .*1st.*", "No function of JavaScript has such a name."),
    Difference("takes", r"(modules\.llm is|llm 0: modules\.llm\.0\.model) .*", "Documented: exactly one model."),
    Difference("takes", r".*\bstatusCode.*", "No HTTP status is below 100 or above 599."),
    Difference(
        "takes",
        rf'permissions\.external\..* is "({OTHER_SCHEMES}|https://(a\.\.b|a\.b\.com[/?].*|user@|é)).*',
        "The documented form of an address has no other scheme, no query, no user, no empty label, only ASCII.",
    ),
    Difference("takes", r".*: resources left out", "A module refers to a resource of a manifest that has none."),
    Difference(
        "takes",
        r"jira:workflowPostFunction \d: .*\.(create|edit|view)\.resource .*",
        "What a page of a workflow rule shows is to be there.",
    ),
    Difference("takes", r".*domains\.0 is an empty text", "An empty text is no domain."),
    # --- Forge's validator alone refuses
    Difference(
        "refuses",
        r"permissions\.scopes is .*|.*: permissions\.scopes(\.\d|\.storage:app)? (is|left out).*",
        "A scope that no document has is a warning, scope-unknown: our tables may lag behind Forge's. What a module "
        "of Bitbucket needs is not known here.",
    ),
    Difference(
        "refuses",
        r'permissions is \{"content": .*|permissions: permissions\.content\..*',
        "Told by lint, as csp-content.",
    ),
    Difference("refuses", r".*: remotes\.\d\.baseUrl\b.*", "Told by lint, as remote-address."),
    Difference(
        "refuses",
        r'resources is .*"ghost".*|.*: resources\.\d\.(path|entry)\b.*|.*\.render left out|modules\.\S+ is .*native".*',
        "What a resource's path leads to is not looked at here; lint tells a missing one, as resource-missing.",
    ),
    Difference(
        "refuses",
        r"translations is .*(ghost|xx-XX).*|translations: .*",
        "Files of translations are not read here, and a locale has the form of one, whether or not Forge has it.",
    ),
    Difference(
        "refuses",
        r"(modules\.trigger\.0 is .*|trigger \d: .*events.*)",
        "ignoreSelf beside an event of Confluence is documented: a warning here.",
    ),
    Difference(
        "refuses",
        r".* is a long text",
        "How long a title and the like may be differs from module to module, and is not known here for all.",
    ),
    Difference(
        "refuses",
        rf".*\.({ENUMERATED})(\.\d)? is (a list|a text|an odd text|an empty text|a number)",
        "The few words that these may be stand on pages of the documentation that nobody here has noted.",
    ),
    Difference(
        "refuses",
        r"(graph:|rovo:agentConnector|jira:(command|customField|dashboardGadget|projectPage|workflowPostFunction)|jiraServiceManagement:assets|"
        r"macro \d: modules\.macro\.0\.config|providers: .*retrieveProfile).*",
        "No whole shape of these parts is known here.",
    ),
    Difference(
        "refuses",
        r"modules\.confluence:globalPage is .*viewportSize.*|.* has a surprise",
        "Which keys a module of a product or a part of one has is not known here for all.",
    ),
)
