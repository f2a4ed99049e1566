// What Pulse keeps: numbers per space, page and day, and the weights. Nothing else is ever stored.
import { WhereConditions, kvs } from '@forge/kvs';
import { WEIGHTS } from './score.js';

const SERVICE = 'Forge storage';
const SETTINGS = 'settings';
const KEPT = { ttl: { value: 90, unit: 'DAYS' } }; // how long daily numbers live: one page of a query has them all
const MOST = 100;

/** Every method throws RefusedError where storage gives no usable answer. */
export class Records {
  constructor(patience) {
    this.patience = patience;
  }

  async weights() {
    return { ...WEIGHTS, ...(await this.#ask(() => kvs.get(SETTINGS))) };
  }

  saveWeights(weights) {
    return this.#ask(() => kvs.set(SETTINGS, weights));
  }

  /** The last scan: score, pages and mean signals; empty before the first. */
  async spaceScore(id) {
    return (await this.#ask(() => kvs.get(`space:${id}:score`))) ?? {};
  }

  saveSpace(id, row) {
    return this.#ask(() => kvs.set(`space:${id}:score`, row));
  }

  /** One number per space or page and day; a second one on the same day replaces the first. */
  saveDay(kind, id, date, score) {
    return this.#ask(() => kvs.set(`${kind}:${id}:day:${date}`, { score }, KEPT));
  }

  /** `{date, score}` of each day that has one, oldest first. */
  async trend(kind, id) {
    const prefix = `${kind}:${id}:day:`;
    const query = () => kvs.query().where('key', WhereConditions.beginsWith(prefix)).limit(MOST).getMany();
    const { results } = await this.#ask(query);
    return results.map(({ key, value }) => ({ date: key.slice(prefix.length), score: value.score }));
  }

  #ask(send) {
    return this.patience.ask(SERVICE, send);
  }
}
