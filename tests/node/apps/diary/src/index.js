import { startsWith, storage } from '@forge/api';
import Resolver from '@forge/resolver';

const resolver = new Resolver();
const today = () => `day-${new Date().toISOString().slice(0, 10)}`;

/** Every row: the old storage gives a cursor with each page that is not empty. */
async function all() {
  const rows = [];
  let cursor;
  do {
    let query = storage.query().where('key', startsWith('day-')).limit(1);
    if (cursor) query = query.cursor(cursor);
    const { results, nextCursor } = await query.getMany();
    rows.push(...results);
    cursor = nextCursor;
  } while (cursor);
  return rows;
}

resolver.define('note', async ({ payload }) => {
  await storage.set(today(), { mood: payload.mood });
  return storage.get(today());
});

resolver.define('days', async () => (await all()).map(({ key, value }) => [key, value.mood]));

resolver.define('forget', async () => {
  await storage.delete(today());
  return (await storage.get(today())) === undefined;
});

export const handler = resolver.getDefinitions();
