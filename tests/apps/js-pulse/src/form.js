// The form of a page, read from Confluence's storage format: counts and link targets, never meaning.
import { Parser } from 'htmlparser2';

// Elements whose end ends a sentence and a stretch of text.
const BLOCKS = new Set('p li td th h1 h2 h3 h4 h5 h6 blockquote ac:task-body'.split(' '));
// Elements whose text nobody reads as prose.
const SILENT = new Set('pre code ac:plain-text-body ac:parameter ac:task-id ac:task-status'.split(' '));
const HEADING = /^h([1-6])$/;
const IMAGES = { img: 'alt', 'ac:image': 'ac:alt' };
const WORD = /[\p{L}\p{Nl}\p{No}]+/gu;
const SENTENCE_END = /[.!?]+(?:\s|$)/g;
const MARKER = /(?<![\p{L}\p{N}_])(?:TODO|FIXME|TBD|DRAFT)(?![\p{L}\p{N}_])/gu;
const PAGE_URL = /(.*\/spaces\/[^/]+)\/pages\/(\d+)/g;
const LONG_WORD = 6; // letters above which a word is long
const WALL_WORDS = 120; // words above which one block is a wall of text
const OPTIONS = { lowerCaseTags: false, lowerCaseAttributeNames: false, recognizeSelfClosing: true, recognizeCDATA: true };

/** A link's name: where (a space's key, "" for the page's own, or its address) and what (a title, or a page's id). */
export const link = (where, what) => JSON.stringify([where, what]);

class Measure {
  form = {
    words: 0, longWords: 0, sentences: 0, walls: 0, markers: 0, headings: [], imagesWithoutAlt: 0, links: new Map(),
  }; // prettier-ignore
  #block = '';
  #silent = 0;

  onopentag(tag, attributes) {
    const { form } = this;
    if (SILENT.has(tag)) this.#silent += 1;
    const heading = HEADING.exec(tag);
    if (heading) form.headings.push(Number(heading[1]));
    if (tag in IMAGES && !attributes[IMAGES[tag]]) form.imagesWithoutAlt += 1;
    for (const [, where, id] of (attributes.href ?? '').matchAll(PAGE_URL)) form.links.set(link(where, id), where);
    if (tag === 'br') this.#block += ' ';
    if (tag === 'ri:page') {
      const where = attributes['ri:space-key'] ?? '';
      form.links.set(link(where, attributes['ri:content-title'] ?? ''), where);
    }
  }

  onclosetag(tag) {
    if (SILENT.has(tag)) this.#silent = Math.max(0, this.#silent - 1);
    if (BLOCKS.has(tag)) this.onend();
  }

  ontext(text) {
    if (this.#silent === 0) this.#block += text;
  }

  /** Counts the block's words and sentences; a block with words has at least one sentence. */
  onend() {
    const { form } = this;
    const text = this.#block.trim();
    this.#block = '';
    const words = text.match(WORD) ?? [];
    form.words += words.length;
    form.longWords += words.filter((word) => [...word].length > LONG_WORD).length;
    form.sentences += Math.max(words.length > 0 ? 1 : 0, text.match(SENTENCE_END)?.length ?? 0);
    if (words.length > WALL_WORDS) form.walls += 1;
    form.markers += text.match(MARKER)?.length ?? 0;
  }
}

/** The form of a storage-format body; never throws, whatever the body is. */
export function readForm(body) {
  const measure = new Measure();
  new Parser(measure, OPTIONS).end(body);
  return measure.form;
}
