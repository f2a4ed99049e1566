import api, { route } from '@forge/api';

const KEY = /^[A-Z][A-Z0-9_]+$/;

/** One page of issues that the user may see. */
async function* pages(project) {
  let nextPageToken;
  do {
    const response = await api.asUser().requestJira(route`/rest/api/3/search/jql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ jql: `project = "${project}" ORDER BY key`, fields: ['status'], maxResults: 20, nextPageToken }),
    });
    if (!response.ok) throw new Error(`Jira answered ${response.status}`);
    const found = await response.json();
    yield found.issues;
    ({ nextPageToken } = found);
  } while (nextPageToken);
}

/** Status → number of issues. */
export async function columns(project) {
  if (!KEY.test(project)) throw new Error('this is no key of a project');
  const counts = new Map();
  for await (const issues of pages(project)) {
    for (const { fields } of issues) counts.set(fields.status.name, (counts.get(fields.status.name) ?? 0) + 1);
  }
  console.log('columns', counts.size);
  return Object.fromEntries(counts);
}
