"""Which comments of an issue wait for an answer: those that end with a question and have no later one."""

from __future__ import annotations

from forgesim.sdk import Resolver, api, log, route

resolver = Resolver()
handler = resolver.handler


async def jira(path):
    answer = await api.as_user().request_jira(path)
    if not answer.ok:
        raise RuntimeError(f"Jira answered {answer.status}")
    return await answer.json()


def plain(node):
    """The text of an ADF node."""
    return node.get("text", "") + "".join(plain(child) for child in node.get("content", []))


def waiting(comments):
    texts = [plain(comment["body"]).strip() for comment in comments]
    return [text for place, text in enumerate(texts) if text.endswith("?") or place == len(texts) - 1]


async def is_admin():
    mine = await jira(route("/rest/api/3/mypermissions", query={"permissions": "ADMINISTER"}))
    return mine["permissions"]["ADMINISTER"]["havePermission"]


@resolver.define("triage")
async def triage(request):
    key = request.payload["issueId"]
    found = await jira(route("/rest/api/3/issue/{key}/comment", key=key, query={"maxResults": 50}))
    rows = waiting(found["comments"])
    # administrators get a line in the log that support can use
    detail = rows * await is_admin()
    log.info("triage", len(rows), "of", found["total"], *detail)
    return {"waiting": rows, "total": found["total"]}
