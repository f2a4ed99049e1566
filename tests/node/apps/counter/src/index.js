import api, { fetch, route } from '@forge/api';
import { kvs } from '@forge/kvs';
import Resolver from '@forge/resolver';
// more imports

const resolver = new Resolver();

resolver.define('check', async ({ payload, context }) => {
  const response = await api
    .asUser()
    .requestConfluence(route`/wiki/api/v2/pages/${payload.pageId}?body-format=storage`);
  if (!response.ok) return { problem: response.status };
  const page = await response.json();
  const { id, title } = page;
  const text = page.body.storage.value;
  const words = text.split(/\s+/).length;
  let shown = words;
  // what it does beside
  await kvs.set(`page:${id}`, { words });
  await fetch('https://api.example.com/count', { method: 'POST', body: JSON.stringify({ words }) });
  console.log(`counted for ${context.accountId ? 'somebody' : 'nobody'}`);
  return { words: shown };
});

export const handler = resolver.getDefinitions();
