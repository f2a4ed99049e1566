// Reading Confluence as the user who asked: spaces, pages, account states. Nothing here can write.
import { asUser, route } from '@forge/api';
import { RefusedError } from './patience.js';

const SERVICE = 'Confluence';
const MOST = '250'; // the largest page of a list that Confluence gives
const AT_ONCE = 20; // pages asked for at the same time

/** Every method throws RefusedError where Confluence gives no usable answer. */
export class Confluence {
  constructor(patience) {
    this.patience = patience;
  }

  space(id) {
    return this.#json(route`/wiki/api/v2/spaces/${id}`);
  }

  /** A page with its body and labels: lists give no labels, so this is one call a page. */
  page(id) {
    return this.#json(route`/wiki/api/v2/pages/${id}?body-format=storage&include-labels=true`);
  }

  /** Those pages, in that order; some at a time are asked for at once. */
  async pages(ids) {
    const found = new Array(ids.length);
    let next = 0;
    const worker = async () => {
      while (next < ids.length) {
        const at = next++;
        [found[at]] = await Promise.allSettled([this.page(ids[at])]);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return found.map(({ status, value, reason }) => {
      if (status === 'rejected') throw reason;
      return value;
    });
  }

  /** Page id → title, of all current pages of the space that the user may see. */
  async titles(spaceId) {
    const titles = new Map();
    let query = new URLSearchParams({ status: 'current', limit: MOST });
    while (query.size > 0) {
      const answer = await this.#json(route`/wiki/api/v2/spaces/${spaceId}/pages?${query}`);
      for (const { id, title } of answer.results) titles.set(id, title);
      query = new URL(answer._links.next ?? '', 'https://site').searchParams;
    }
    return titles;
  }

  /** Account id → active, inactive or closed; nothing for one that Confluence does not know; nobody is `none`. */
  async accountStates(accounts) {
    const ids = [...new Set(accounts)].filter(Boolean).sort();
    const answer = await this.#json(route`/wiki/api/v2/users-bulk`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ accountIds: ids }),
    });
    const states = new Map(answer.results.map(({ accountId, accountStatus }) => [accountId, accountStatus]));
    return (account) => (account ? states.get(account) : 'none');
  }

  #json(path, init) {
    return this.patience.ask(SERVICE, async (signal) => {
      const answer = await asUser().requestConfluence(path, { ...init, signal });
      if (answer.status !== 200) {
        throw new RefusedError(SERVICE, answer.status, answer.headers.get('retry-after') ?? '');
      }
      return answer.json();
    });
  }
}
