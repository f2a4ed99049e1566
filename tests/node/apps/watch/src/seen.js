import api, { route, storage } from '@forge/api';

export async function run({ content }) {
  const response = await api.asApp().requestConfluence(route`/wiki/api/v2/pages/${content.id}`);
  const { version } = await response.json();
  const before = (await storage.get(`seen:${content.id}`)) ?? { times: 0 };
  await storage.set(`seen:${content.id}`, { times: before.times + 1, version: version.number });
  await api.fetch('https://us.i.posthog.com/capture/', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ api_key: 'phc_demo', event: 'page_seen', distinct_id: 'watch' }),
  });
}
