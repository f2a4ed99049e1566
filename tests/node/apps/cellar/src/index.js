import { asUser, invokeService } from '@forge/api';
import { objectStore } from '@forge/object-store';
import { publishGlobal, signRealtimeToken } from '@forge/realtime';
import Resolver from '@forge/resolver';
import { sql } from '@forge/sql';

const resolver = new Resolver();

const ways = {
  rows: () => sql.prepare('SELECT 1').execute(),
  table: () => sql.executeDDL('CREATE TABLE t (id INT)'),
  file: () => objectStore.get('a'),
  upload: () => objectStore.createUploadUrl({ key: 'a', length: 1, checksum: 'c', checksumType: 'SHA256' }),
  publish: () => publishGlobal('news', { text: 'hello' }),
  sign: () => signRealtimeToken('news', { who: 'me' }),
  service: () => invokeService('shed', { path: '/' }),
  calendar: () => asUser().withProvider('google').fetch('/calendar/v3/events'),
  consent: () => asUser().withProvider('google').requestCredentials(),
};

/** What each package makes of a service that is not there. */
resolver.define('try', async ({ payload }) => {
  try {
    const got = await ways[payload.way]();
    const told = got instanceof Response ? await got.text() : got;
    return { told: JSON.stringify(told) };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
});

export const handler = resolver.getDefinitions();
