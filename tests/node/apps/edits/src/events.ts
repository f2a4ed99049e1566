import { edits } from './edit';

interface Edited {
  content: { id: string; version: { number: number } };
}

/** A page was edited, by whomever: what its words are is left alone. */
export async function edited({ content }: Edited): Promise<void> {
  const { number: version } = content.version;
  await edits().set(`${content.id}-${version}`, { page: content.id, at: Date.now(), version });
}
