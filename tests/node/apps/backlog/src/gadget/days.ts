import { kvs, WhereConditions } from '@forge/kvs';

export interface Count {
  open: number;
  closed: number;
}

export async function keep(gadget: number, now: Date, count: Count): Promise<void> {
  await kvs.set(`gadget:${gadget}:${now.toISOString().slice(0, 10)}`, count);
}

/** The days that have a count, oldest first. */
export async function daysOf(gadget: number): Promise<string[]> {
  const prefix = `gadget:${gadget}:`;
  const { results } = await kvs.query().where('key', WhereConditions.beginsWith(prefix)).limit(100).getMany();
  return results.map(({ key }) => key.slice(prefix.length)).sort();
}
