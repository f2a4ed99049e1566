export interface Node {
  type: string;
  attrs?: Record<string, unknown>;
  content?: Node[];
  text?: string;
}
type Attributes = Record<string, unknown> | null;

declare global {
  namespace JSX {
    type Element = Node;
    interface IntrinsicElements {
      [type: string]: Record<string, unknown>;
    }
  }
}

/** What TSX becomes here: nodes of an Atlassian document instead of elements of a page. */
export function adf(type: string, attributes: Attributes, ...children: (Node | string)[]): Node {
  const content = children.flat().map((child) => (typeof child === 'string' ? { type: 'text', text: child } : child));
  return { type, ...(attributes && { attrs: attributes }), ...(content.length > 0 && { content }) };
}
