/** @jsx adf */
import { asUser, route } from '@forge/api';
import { adf, type Node } from './adf';

interface Export {
  exportType: 'pdf' | 'word' | 'other';
  context: { content: { id: string } };
  extensionPayload: { config: { tone?: string; text?: string } };
}

async function titleOf(id: string): Promise<string> {
  const page = await asUser().requestConfluence(route`/wiki/api/v2/pages/${id}`);
  return page.ok ? (await page.json()).title : 'a page that you may not see';
}

export async function callout({ exportType, context, extensionPayload }: Export): Promise<Node> {
  const { tone = 'info', text = '' } = extensionPayload.config;
  const source = `Exported to ${exportType} from ${await titleOf(context.content.id)}`;
  const doc = (
    <doc>
      <panel panelType={tone}>
        {text ? <paragraph>{text}</paragraph> : <paragraph />}
        <paragraph>{source}</paragraph>
      </panel>
    </doc>
  );
  return { ...doc, version: 1 } as Node;
}
