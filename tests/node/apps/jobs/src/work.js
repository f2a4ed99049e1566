import { kvs } from '@forge/kvs';
import { seen } from './seen.js';

export const run = async ({ body }) => {
  const before = (await kvs.get('done')) ?? { jobs: 0 };
  await kvs.set('done', { jobs: before.jobs + 1 });
  console.log('worked', seen());
  return { job: body.job };
};
