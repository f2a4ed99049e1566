import api, { fetch, route } from '@forge/api';
import Resolver from '@forge/resolver';

const resolver = new Resolver();
const json = { 'Content-Type': 'application/json' };

/** An issue was changed: the app reads it as itself and tells the chat. */
export async function told({ issue }) {
  const response = await api.asApp().requestJira(route`/rest/api/3/issue/${issue.key}?fields=summary`);
  const { key, fields } = await response.json();
  const body = JSON.stringify({ issue: key, summary: fields.summary });
  const answer = await fetch('https://hooks.example.com/in', { method: 'POST', headers: json, body });
  console.log('told', answer.status);
}

resolver.define('rename', async ({ payload: { issue, summary } }) => {
  const response = await api.asUser().requestJira(route`/rest/api/3/issue/${issue}`, {
    method: 'PUT',
    headers: json,
    body: JSON.stringify({ fields: { summary } }),
  });
  return { status: response.status };
});

/** Hosts that the manifest does not name are refused. */
resolver.define('strangers', async () => {
  const said = await fetch('https://elsewhere.example.com/').then((answer) => answer.status, (error) => error.message);
  return { said };
});

export const handler = resolver.getDefinitions();
