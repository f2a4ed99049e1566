// The six signals of a page: whole numbers from 0 (bad) to 100 (good), from form and metadata alone.
import { round } from './arithmetic.js';
import { link } from './form.js';

export const SIGNALS = ['freshness', 'ownership', 'readability', 'structure', 'links', 'labels'];

const HALF_LIFE_DAYS = 180;
const ENOUGH_WORDS = 25; // a page with fewer is a stub: its readability and structure count in proportion
const OWNER = { active: 100, none: 0 };
const OWNER_AWAY = 40;
const LABELS = [0, 60, 100];

const bounded = (points) => Math.min(100, Math.max(0, points));
const substance = (form) => Math.min(form.words, ENOUGH_WORDS) / ENOUGH_WORDS;

/** 100 on the day of the last edit, halved every 180 days from then on. */
export const freshness = (ageDays) => round(100 * 2 ** (-Math.max(0, ageDays) / HALF_LIFE_DAYS));

/** 100 for an owner who is active, 0 for none, 40 for any other. */
export const ownership = (status) => OWNER[status] ?? OWNER_AWAY;

/** From words per sentence and the share of long words; 100 up to an index of 35, 0 from 75 on. */
export function readability(form) {
  const words = Math.max(1, form.words);
  const index = words / Math.max(1, form.sentences) + (100 * form.longWords) / words;
  return round(bounded(100 - 2.5 * (index - 35)) * substance(form));
}

/** 100, less what makes a page hard to find one's way in. */
export function structure(form) {
  const jumps = form.headings.filter((level, at) => at > 0 && level > form.headings[at - 1] + 1).length;
  const lost =
    (form.words > 150 && form.headings.length === 0 ? 40 : 0) +
    10 * Math.min(2, jumps) +
    10 * Math.min(3, form.walls) +
    10 * Math.min(2, form.imagesWithoutAlt) +
    10 * Math.min(3, form.markers);
  return round(bounded(100 - lost) * substance(form));
}

/** How pages of a space name each other: the names of the space itself, and link → page id. */
export function know(key, base, titles) {
  const byTitle = ['', key];
  const byAddress = [`/wiki/spaces/${key}`, `${base}/spaces/${key}`];
  const known = new Map();
  for (const [id, title] of titles) for (const where of byTitle) known.set(link(where, title), id);
  for (const id of titles.keys()) for (const where of byAddress) known.set(link(where, id), id);
  return { own: new Set([...byTitle, ...byAddress]), known };
}

/** The ids of the pages of the space that a page links to. */
export function targets(form, known) {
  return [...form.links.keys()].filter((each) => known.has(each)).map((each) => known.get(each));
}

/** 0 to 70: 20 for linking to pages of the space, 50 for the share of such links that lead somewhere. */
export function outgoing(form, { own, known }) {
  const inside = [...form.links.values()].filter((where) => own.has(where)).length;
  const broken = inside - targets(form, known).length;
  return (inside > 0 ? 20 : 0) + round(50 * (1 - broken / Math.max(1, inside)));
}

/** Outgoing points, and 30 where another page of the space links here. */
export const links = (points, isLinked) => points + (isLinked ? 30 : 0);

/** 0 without, 60 with one, 100 with two or more. */
export const labels = (count) => LABELS[Math.min(count, 2)];
