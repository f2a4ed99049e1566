import { asUser, route } from '@forge/api';
import { kvs } from '@forge/kvs';
import Resolver, { type Request } from '@forge/resolver';

type Choice = 'up' | 'down';
type Votes = Record<Choice, number>;

const NONE: Votes = { up: 0, down: 0 };
const resolver = new Resolver();

/** The votes of a page, for who may see it. */
async function votesOf(pageId: string): Promise<Votes> {
  if (!/^\d+$/.test(pageId)) throw new TypeError('a page has a number');
  const page = await asUser().requestConfluence(route`/wiki/api/v2/pages/${pageId}`);
  if (!page.ok) throw new Error(`no such page: ${page.status}`);
  return (await kvs.get<Votes>(`poll:${pageId}`)) ?? NONE;
}

resolver.define('vote', async ({ payload }: Request<{ pageId: string; choice: Choice }>) => {
  const { pageId, choice } = payload;
  if (!Object.hasOwn(NONE, choice)) throw new TypeError('a vote is up or down');
  const before = await votesOf(pageId);
  const after: Votes = { ...before, [choice]: before[choice] + 1 };
  await kvs.set(`poll:${pageId}`, after);
  return after;
});

resolver.define('votes', ({ payload }: Request<{ pageId: string }>) => votesOf(payload.pageId));

export const handler = resolver.getDefinitions();
