// One call: its time, its patience, its services, and the notes on what did not work.
import { Confluence } from './confluence.js';
import { Patience, RefusedError } from './patience.js';
import { Records } from './records.js';

const DIGITS = /^[0-9]+$/;
const IDS = ['pageId', 'spaceId'];

/** The payload of a call: anybody may call, so it may be anything. Ids are digits, as the REST API writes them. */
function read(payload) {
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload)) {
    throw new TypeError('a payload is a map of names to values');
  }
  const found = { ...payload };
  for (const name of IDS.filter((each) => Object.hasOwn(found, each))) {
    const value = found[name];
    if (!['string', 'number'].includes(typeof value) || !DIGITS.test(String(value))) {
      throw new TypeError(`${name} is no id: an id is digits`);
    }
    found[name] = String(value);
  }
  return found;
}

export class Errand {
  constructor({ payload, context }) {
    this.payload = read(payload);
    this.viewer = context.accountId;
    this.now = new Date();
    const patience = new Patience();
    this.confluence = new Confluence(patience);
    this.records = new Records(patience);
    this.notes = [];
  }

  get date() {
    return this.now.toISOString().slice(0, 10);
  }

  /** A value of the payload; throws where it has none. */
  given(name) {
    if (!Object.hasOwn(this.payload, name)) throw new TypeError(`the payload lacks ${name}`);
    return this.payload[name];
  }

  /** What `work` gives; where a service refuses, a note and `otherwise`. */
  async attempt(work, otherwise) {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      console.warn(`${error.service} answered ${error.status}`);
      this.notes.push(error.sentence);
      return otherwise;
    }
  }

  result(values) {
    return { ...values, problem: [...new Set(this.notes)].join(' ') || null };
  }
}
