import api, { route } from '@forge/api';
import { kvs } from '@forge/kvs';
import Resolver from '@forge/resolver';
import { wordsIn } from './words';

interface Asked {
  payload: { pageId: string };
  context: { accountId: string };
}

const resolver = new Resolver();

resolver.define('count', async ({ payload, context }: Asked) => {
  const response = await api
    .asUser()
    .requestConfluence(route`/wiki/api/v2/pages/${payload.pageId}?body-format=storage`);
  if (!response.ok) throw new Error(`Confluence answered ${response.status}`);
  const page = await response.json();
  const words = wordsIn(page.body.storage.value);
  await kvs.set(`words:${payload.pageId}`, { words });
  return { words, by: context.accountId };
});

resolver.define('counted', ({ payload }: Asked) => kvs.get(`words:${payload.pageId}`));

export const handler = resolver.getDefinitions();
