import { authorize, permissions, webTrigger } from '@forge/api';
import { stream } from '@forge/llm';
import Resolver from '@forge/resolver';

const resolver = new Resolver();

resolver.define('say', async ({ payload }) => {
  const prompt = { model: 'claude-haiku-4-5-20251001', messages: [{ role: 'user', content: payload.text }] };
  const answer = await stream(prompt);
  const pieces = [];
  let reason = null;
  for await (const { choices } of answer) {
    for (const { message, finish_reason } of choices) {
      pieces.push(typeof message.content === 'string' ? message.content : message.content.map((part) => part.text).join(''));
      reason = finish_reason ?? reason;
    }
  }
  return { pieces: pieces.length, text: pieces.join(''), reason };
});

resolver.define('may', async ({ payload }) => {
  const { onJira, onJiraIssue, onJiraProject, onConfluenceContent } = authorize();
  const page = onConfluenceContent(payload.page);
  return {
    edits: await onJiraIssue(payload.issue).canEdit(),
    deletes: await onJiraIssue([payload.issue]).canDelete(),
    creates: await onJiraProject(payload.project).canCreateIssues(),
    asked: (await onJira([{ permissions: ['EDIT_ISSUES'], issues: [payload.issue] }])).map((each) => each.permission),
    reads: await page.canRead(),
    updates: await page.canUpdate(),
  };
});

resolver.define('granted', () => ({
  scope: permissions.hasScope('read:jira-work'),
  other: permissions.hasScope('write:jira-work'),
  fetches: permissions.canFetchFrom('backend', 'https://clerk.example.com/any'),
  elsewhere: permissions.canFetchFrom('backend', 'https://elsewhere.example.com'),
  lacks: permissions.hasPermission({ scopes: ['read:jira-work', 'storage:app'] }).missing,
}));

resolver.define('urls', async () => {
  const url = await webTrigger.getUrl('clerk-hook');
  const again = await webTrigger.getUrl('clerk-hook');
  const fresh = await webTrigger.getUrl('clerk-hook', { forceCreate: true });
  const before = await webTrigger.queryUrls('clerk-hook');
  await webTrigger.deleteUrl(fresh);
  const unknown = await webTrigger.getUrl('clerk-nothing').catch((error) => error.message);
  return { url, again, before: before.map((each) => each.url), after: await webTrigger.queryUrls(), unknown };
});

resolver.define('where', ({ context: { accountId, moduleKey, extension } }) => ({ accountId, moduleKey, extension }));

export const hook = () => ({ statusCode: 204 });
export const handler = resolver.getDefinitions();
