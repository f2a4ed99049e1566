// From signals to scores, and from signals to what is worth doing first.
import { round, sum } from './arithmetic.js';
import { SIGNALS } from './signals.js';

/** Unless the settings say otherwise, every signal weighs the same. */
export const WEIGHTS = Object.fromEntries(SIGNALS.map((name) => [name, 5]));

// Signal → what raises it, and about how many minutes that takes.
const FIXES = {
  freshness: ['Read it once more, correct it, and publish', 15],
  ownership: ['Give it an owner who still works here', 2],
  readability: ['Split long sentences and prefer shorter words', 30],
  structure: ['Add headings, break up walls of text, describe images, resolve TODO markers', 20],
  links: ['Repair broken links and link to it from a related page', 10],
  labels: ['Add two labels', 1],
};

const totalOf = (signals, weights) => Object.keys(signals).reduce((total, name) => total + weights[name], 0);

/** The weighted mean of the signals that were judged, to two decimals. */
export function pageScore(signals, weights) {
  const points = Object.entries(signals).reduce((total, [name, value]) => total + weights[name] * value, 0);
  return round(points / Math.max(1, totalOf(signals, weights)), 2);
}

/** The arithmetic mean to four decimals, so that one page among many shows; 0 of nothing. */
export function mean(values) {
  return round(sum(values) / Math.max(1, values.length), 4);
}

/** At most three fixes, those with the most points per minute first. */
export function cheapestFixes(signals, weights) {
  const total = Math.max(1, totalOf(signals, weights));
  const rows = Object.entries(signals).map(([signal, value]) => {
    const [fix, minutes] = FIXES[signal];
    const gain = round((weights[signal] * (100 - value)) / total, 2);
    return { effect: gain / minutes, row: { fix, signal, gain, minutes } };
  });
  const best = rows.sort((one, other) => other.effect - one.effect);
  return best.filter(({ effect }) => effect !== 0).map(({ row }) => row).slice(0, 3);
}
