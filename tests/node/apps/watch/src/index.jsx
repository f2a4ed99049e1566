import api, { route, startsWith, storage } from '@forge/api';
import Resolver from '@forge/resolver';

const resolver = new Resolver();

resolver.define('all', async () => {
  const found = [];
  let query = storage.query().where('key', startsWith('seen:')).limit(2);
  for (;;) {
    const { results, nextCursor } = await query.getMany();
    found.push(...results);
    if (!results.length) return found;
    query = query.cursor(nextCursor);
  }
});

resolver.define('title', async ({ payload }) => {
  const response = await api.asUser().requestConfluence(route`/wiki/api/v2/pages/${payload.pageId}`);
  return { status: response.status, title: (await response.json()).title };
});

resolver.define('forget', async ({ payload }) => {
  await storage.delete(payload.key);
  return (await storage.get(payload.key)) ?? null;
});

resolver.define('elsewhere', async () => {
  try {
    return (await api.fetch('https://example.org/')).headers.get('forge-proxy-error');
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
});

export const handler = resolver.getDefinitions();
