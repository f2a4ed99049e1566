'use strict';

const { asApp, route } = require('@forge/api');
const { Queue } = require('@forge/events');
const { kvs } = require('@forge/kvs');

const spaces = new Queue({ key: 'spaces' });

const read = async (path) => {
  const response = await asApp().requestConfluence(path);
  if (!response.ok) throw new Error(`Confluence answered ${response.status}`);
  return response.json();
};

/** One event a space: each is counted in a run of its own. */
exports.begin = async () => {
  const { results } = await read(route`/wiki/api/v2/spaces?limit=50`);
  await spaces.push(results.map(({ id }) => ({ body: { space: id } })));
};

exports.count = async ({ body }) => {
  let pages = 0;
  let cursor = '';
  do {
    const found = cursor
      ? await read(route`/wiki/api/v2/spaces/${body.space}/pages?limit=100&cursor=${cursor}`)
      : await read(route`/wiki/api/v2/spaces/${body.space}/pages?limit=100`);
    pages += found.results.length;
    cursor = new URL(found._links.next ?? '/', 'https://site').searchParams.get('cursor');
  } while (cursor);
  await kvs.set(`pages:${body.space}`, { pages });
};
