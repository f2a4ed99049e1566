import { asUser, route } from '@forge/api';

interface Inputs {
  words: string;
  most?: number;
  context: { cloudId: string; moduleKey: string };
}
interface Found {
  id: string;
  title: string;
}

/** What the model asks for is not to be trusted: only letters and digits get into the query. */
export async function findPages({ words, most = 5 }: Inputs): Promise<{ pages: Found[] } | string> {
  const clean = words.replace(/[^\p{L}\p{N} ]/gu, ' ').trim();
  if (!clean) return 'Say which words the title has.';
  const cql = `type = page AND title ~ "${clean}"`;
  const limit = Math.min(Math.max(1, Math.trunc(most)), 10);
  const response = await asUser().requestConfluence(route`/wiki/rest/api/search?cql=${cql}&limit=${limit}`);
  if (!response.ok) return `Confluence answered ${response.status}.`;
  const { results } = (await response.json()) as { results: { content: Found }[] };
  return { pages: results.map(({ content: { id, title } }) => ({ id, title })) };
}
