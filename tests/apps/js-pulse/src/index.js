// What manifest.yml names: one function per resolver key. Results are numbers and flat rows.
//
// A service that does not answer never costs a result: what could be found is returned, `problem` says what is missing
// and why. Only mistakes in the payload throw.
import Resolver from '@forge/resolver';
import { Errand } from './errand.js';
import { readForm } from './form.js';
import { START, checked, finish, judge, scanStep } from './scan.js';
import { WEIGHTS, cheapestFixes, pageScore } from './score.js';
import { SIGNALS } from './signals.js';
import { count } from './usage.js';

const MOST_WEIGHT = 10;
const resolver = new Resolver();

/** Defines a resolver key whose function gets an errand; what refuses it altogether becomes a note. */
function define(key, work, otherwise = () => ({})) {
  resolver.define(key, async (request) => {
    const errand = new Errand(request);
    const result = await errand.attempt(work(errand), null);
    return result ?? errand.result(otherwise(errand));
  });
}

const again = (errand) => checked(errand.payload.cursor);

// The next step of a scan. `cursor` asks to be called again; `resume` is where to try again later.
define(
  'scanSpace',
  async (errand) => {
    const soFar = again(errand) || START;
    const space = await errand.confluence.space(errand.given('spaceId'));
    const { state, titles, more } = await scanStep(errand.confluence, space, errand.viewer, soFar, errand.now);
    const scanned = Object.keys(state.signals).length;
    console.info(`scan: ${scanned} of ${titles.size} pages`);
    if (more) return errand.result({ cursor: state, scanned, pages: titles.size });
    const weights = await errand.attempt(errand.records.weights(), WEIGHTS);
    const { row, worst } = finish(state, titles, weights);
    await errand.attempt(errand.records.saveSpace(space.id, row));
    await errand.attempt(errand.records.saveDay('space', space.id, errand.date, row.score));
    await count('space_scanned', row.pages);
    return errand.result({ cursor: null, ...row, worst });
  },
  (errand) => ({ cursor: null, resume: again(errand) ?? null }),
);

// The last score of a space that the user may see, and its trend.
define('spaceHealth', async (errand) => {
  const space = await errand.confluence.space(errand.given('spaceId'));
  const row = await errand.attempt(errand.records.spaceScore(space.id), {});
  const trend = await errand.attempt(errand.records.trend('space', space.id), []);
  return errand.result({ ...row, trend });
});

// Scores one page by itself, without links, which need the whole space; and the three cheapest fixes.
define('checkPage', async (errand) => {
  const page = await errand.confluence.page(errand.given('pageId'));
  const states = await errand.confluence.accountStates([errand.viewer, page.ownerId]);
  const signals = judge(page, readForm(page.body.storage.value), states, errand.now);
  const weights = await errand.attempt(errand.records.weights(), WEIGHTS);
  const score = pageScore(signals, weights);
  await errand.attempt(errand.records.saveDay('page', page.id, errand.date, score));
  const trend = await errand.attempt(errand.records.trend('page', page.id), []);
  await count('page_checked', 1);
  const fixes = cheapestFixes(signals, weights);
  return errand.result({ id: page.id, title: page.title, score, ...signals, fixes, trend });
});

// The weights in force.
define('settings', async (errand) => errand.result(await errand.attempt(errand.records.weights(), WEIGHTS)));

// Sets all six weights, whole numbers from 0 to 10; throws for others.
define('saveSettings', async (errand) => {
  const given = errand.given('weights');
  const isWeight = (value) => Number.isInteger(value) && value >= 0 && value <= MOST_WEIGHT;
  if (given === null || typeof given !== 'object' || !SIGNALS.every((name) => isWeight(given[name]))) {
    throw new TypeError(`a weight is a whole number from 0 to ${MOST_WEIGHT}`);
  }
  const weights = Object.fromEntries(SIGNALS.map((name) => [name, given[name]]));
  await errand.attempt(errand.records.saveWeights(weights));
  return errand.result(weights);
});

export const handler = resolver.getDefinitions();
