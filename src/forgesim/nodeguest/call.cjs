// Which invocation code belongs to: what one has started keeps its token, also after its result is out.
'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');

const LOG_BYTES = 1 << 20;

class Call {
  constructor(frame, context, about) {
    this.frame = frame;
    this.context = context;
    this.about = about;
    this.outcome = null;
    this.sent = false;
    this.logLeft = LOG_BYTES;
    this.runtime = null;
    this.waiting = 0;
  }
}

// App code at import: no invocation is there to answer for it.
const BEFORE = new Call({ inv: '', token: '', function: '', now: 0, deadline: 0, seed: 0 }, {}, {});

const storage = new AsyncLocalStorage();
const run = storage.run.bind(storage);
const store = storage.getStore.bind(storage);
const state = { current: BEFORE };

/** The invocation that the running code belongs to. */
function own() {
  return store() ?? state.current;
}

module.exports = { BEFORE, Call, own, run, state, snapshot: AsyncLocalStorage.snapshot };
