import { asUser, route } from '@forge/api';

export async function countOf(jql: string): Promise<number> {
  const response = await asUser().requestJira(route`/rest/api/3/search/approximate-count`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jql }),
  });
  if (!response.ok) throw new Error(`Jira answered ${response.status}`);
  const { count } = (await response.json()) as { count: number };
  return count;
}
