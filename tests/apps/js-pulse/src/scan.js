// Scanning a space step by step. Between steps the caller carries a cursor of ids and numbers, no text.
import { round } from './arithmetic.js';
import { readForm } from './form.js';
import { mean, pageScore } from './score.js';
import { SIGNALS, freshness, know, labels, links, outgoing, ownership, readability, structure, targets } from './signals.js';

/** Where a scan begins. `after`: the last page id that was read; `signals`: page id → its six numbers, links without
 * what other pages add; `linked`: ids that another page links to. */
export const START = { after: 0, signals: {}, linked: [] };

const MOST_SIGNAL = 100;
const MOST_OUTGOING = 70;
const STEP = 40; // pages that one step reads
const WORST = 10;
const DAY_MS = 86_400_000;

const isMap = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const isId = (text) => typeof text === 'string' && /^[0-9]+$/.test(text);

/** Whether they are a page's six numbers. */
function areNumbers(values) {
  const most = SIGNALS.map((name) => (name === 'links' ? MOST_OUTGOING : MOST_SIGNAL));
  const isNumber = (each, at) => Number.isInteger(each) && each >= 0 && each <= most[at];
  return Array.isArray(values) && values.length === most.length && values.every(isNumber);
}

/** The cursor, if a step can have made it; none, and an empty one, are as they are. Throws for any other. */
export function checked(cursor) {
  if (!cursor || (isMap(cursor) && Object.keys(cursor).length === 0)) return cursor;
  const { after, signals, linked } = cursor;
  const isState =
    Object.keys(cursor).length === 3 && Number.isInteger(after) && isMap(signals) && Array.isArray(linked) &&
    [...Object.keys(signals), ...linked].every(isId) && Object.values(signals).every(areNumbers); // prettier-ignore
  if (!isState) throw new TypeError('this is no cursor of a scan');
  return cursor;
}

/** What a page shows by itself: every signal but links. */
export function judge(page, form, stateOf, now) {
  return {
    freshness: freshness((now - new Date(page.version.createdAt)) / DAY_MS),
    ownership: ownership(stateOf(page.ownerId)),
    readability: readability(form),
    structure: structure(form),
    labels: labels(page.labels.results.length),
  };
}

/** Reads the next pages: the state after them, the titles of the space by id, and whether pages are left. */
export async function scanStep(confluence, space, viewer, soFar, now) {
  const titles = await confluence.titles(space.id);
  const names = know(space.key, space._links.base, titles);
  const ids = [...titles.keys()].map(Number).sort((one, other) => one - other);
  const todo = ids.filter((id) => id > soFar.after);
  const pages = await confluence.pages(todo.slice(0, STEP).map(String));
  const stateOf = await confluence.accountStates([viewer, ...pages.map(({ ownerId }) => ownerId)]);
  const signals = { ...soFar.signals };
  const linked = new Set(soFar.linked);
  for (const page of pages) {
    const form = readForm(page.body.storage.value);
    const values = { ...judge(page, form, stateOf, now), links: outgoing(form, names) };
    signals[page.id] = SIGNALS.map((name) => values[name]);
    for (const id of targets(form, names.known)) if (id !== page.id) linked.add(id);
  }
  const state = { after: Math.max(0, ...todo.slice(0, STEP)), signals, linked: [...linked].sort() };
  return { state, titles, more: todo.length > STEP };
}

/** The row of the space and its worst pages, of equal ones by id, from the numbers of all steps. */
export function finish(state, titles, weights) {
  const linked = new Set(state.linked);
  const pages = Object.keys(state.signals).sort().map((id) => {
    const signals = Object.fromEntries(SIGNALS.map((name, at) => [name, state.signals[id][at]]));
    signals.links = links(signals.links, linked.has(id));
    return { id, title: titles.get(id) ?? '', score: pageScore(signals, weights), ...signals };
  });
  const row = { score: mean(pages.map(({ score }) => score)), pages: pages.length };
  for (const name of SIGNALS) row[name] = round(mean(pages.map((page) => page[name])));
  return { row, worst: pages.sort((one, other) => one.score - other.score).slice(0, WORST) };
}
