import api, { route } from '@forge/api';
import Resolver from '@forge/resolver';

const NOTHING = { tested: false, documented: false, announced: false };
const resolver = new Resolver();

const property = (issue) => route`/rest/api/3/issue/${issue}/properties/checklist`;

async function items(issue) {
  const response = await api.asUser().requestJira(property(issue));
  if (response.status === 404) return NOTHING;
  if (!response.ok) throw new Error(`Jira answered ${response.status}`);
  return { ...NOTHING, ...(await response.json()).value };
}

resolver.define('items', ({ payload: { issue } }) => items(issue));

resolver.define('tick', async ({ payload: { issue, item, done } }) => {
  if (!Object.hasOwn(NOTHING, item)) throw new RangeError('the list has no such item');
  const after = { ...(await items(issue)), [item]: Boolean(done) };
  const response = await api.asUser().requestJira(property(issue), {
    method: 'PUT',
    headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
    body: JSON.stringify(after),
  });
  if (!response.ok) throw new Error(`Jira answered ${response.status}`);
  return after;
});

export const handler = resolver.getDefinitions();
