import { asUser, route } from '@forge/api';
import { Sort } from '@forge/kvs';
import Resolver, { type Request } from '@forge/resolver';
import { edits, type Edit } from './edit';

const resolver = new Resolver();

resolver.define('latest', async ({ payload }: Request<{ pageId: string }>): Promise<Edit[]> => {
  const page = await asUser().requestConfluence(route`/wiki/api/v2/pages/${payload.pageId}`);
  if (!page.ok) return [];
  const query = edits().query().index('by-page', { partition: [payload.pageId] });
  const { results } = await query.sort(Sort.DESC).limit(5).getMany();
  return results.map(({ value }) => value);
});

export const handler = resolver.getDefinitions();
