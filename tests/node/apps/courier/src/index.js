import { asUser, invokeRemote, route } from '@forge/api';
import Resolver from '@forge/resolver';

const resolver = new Resolver();

/** How many words a page has goes to our own back end, which says how it compares. */
resolver.define('compare', async ({ payload }) => {
  const page = await asUser().requestConfluence(route`/wiki/api/v2/pages/${payload.pageId}?body-format=storage`);
  const { body } = await page.json();
  const words = body.storage.value.replace(/<[^>]+>/g, ' ').split(/\s+/).filter(Boolean).length;
  const response = await invokeRemote('scores', {
    path: '/words',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ words }),
  });
  if (!response.ok) return { status: response.status };
  return { status: 200, ...(await response.json()) };
});

export const handler = resolver.getDefinitions();
