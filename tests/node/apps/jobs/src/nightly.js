import { Queue } from '@forge/events';
import { seen } from './seen.js';

const queue = new Queue({ key: 'work' });

export async function run() {
  await queue.push([{ body: { job: 1 } }, { body: { job: 2 } }]);
  console.log('pushed', seen());
}
