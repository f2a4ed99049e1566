// Waiting for services, with a bound: what is tried again, for how long, and what is said in the end.
import { ForgeKvsAPIError } from '@forge/kvs';

const PASSING = [429, 500, 502, 503]; // answers that may be another one a little later
const NO_ANSWER = 504;
const TRIES = 3;
const PAUSES_MS = 6000; // that one invocation spends on pauses, however many calls ask for one
const ANSWER_MS = 8000; // after which an answer is not awaited any longer

/** In place of an answer that did not come in time. */
export const SILENCE = Symbol('silence');

const WORDS = {
  401: "does not accept Pulse's permissions; ask an admin to approve the app's scopes",
  403: 'does not allow this',
  404: 'knows no such thing, or you may not see it',
  429: 'is busy; try again in a minute',
  500: 'had an error of its own; try again later',
  504: 'did not answer in time; try again later',
};

/** A service gave no usable answer: HTTP status (504 for silence) and the seconds that it asks to wait. */
export class RefusedError extends Error {
  constructor(service, status, wait = '') {
    super(`${service} ${status}`);
    Object.assign(this, { service, status, wait });
  }

  /** What a person is told. */
  get sentence() {
    return `${this.service} ${WORDS[this.status] ?? `answered ${this.status}`}.`;
  }
}

/** Storage's own error as one of ours; any other error is what it is. */
const refusal = (service, error) =>
  error instanceof ForgeKvsAPIError ? new RefusedError(service, error.responseDetails.status) : error;

/** What `send` promises, if it comes within `ms`; else `SILENCE`, and the signal that `send` got gives its request up. */
export async function inTime(send, ms) {
  const giving = new AbortController();
  let timer;
  const silence = new Promise((resolve) => {
    timer = setTimeout(resolve, ms, SILENCE);
  });
  try {
    return await Promise.race([send(giving.signal), silence]);
  } finally {
    clearTimeout(timer);
    giving.abort();
  }
}

/** One per invocation, so that all its waiting together stays far below the 25 seconds it may take. */
export class Patience {
  #leftMs = PAUSES_MS;

  /** What `send` gives, tried up to three times while the refusal may pass. Throws RefusedError. */
  async ask(service, send) {
    for (let left = TRIES - 1; ; left -= 1) {
      try {
        const answer = await inTime(send, ANSWER_MS);
        if (answer === SILENCE) throw new RefusedError(service, NO_ANSWER);
        return answer;
      } catch (error) {
        const refused = refusal(service, error);
        if (left === 0 || !PASSING.includes(refused.status)) throw refused;
        await this.#pause(refused.wait);
      }
    }
  }

  /** Waits as long as the service asks in whole seconds, else one second, while there is time left. */
  async #pause(asked) {
    const ms = Math.min(this.#leftMs, /^\d+$/.test(asked) ? Number(asked) * 1000 : 1000);
    this.#leftMs -= ms;
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
}
