// What Atlassian's packages find instead of Forge's runtime: `__forge_runtime__`, `__forge_fetch__` and `fetch`.
'use strict';

const answers = require('./answers.cjs');
const { BEFORE, own } = require('./call.cjs');
const { clock } = require('./clock.cjs');
const { appLine } = require('./failure.cjs');
const { EMPTY, queue } = require('./seam.cjs');

const { Headers, Request, Response } = globalThis;
const NOTHING = () => undefined;
const METRICS = {
  counter: () => ({ incr: NOTHING, incrBy: NOTHING, decr: NOTHING, decrBy: NOTHING }),
  timing: () => ({ measure: () => ({ stop: NOTHING }) }),
  gauge: () => ({ set: NOTHING }),
};

const waiting = new Map();
let lastId = 0;

// --- requests ---------------------------------------------------------------------------------------------------------

/** Queues a request now, whose body is text or bytes; resolves to `{status, headers, body}`. Who gives it up by `signal`
 * waits for it no more: its answer, if one comes, runs nothing. */
function cross(descriptor, path, method, headers, body, signal) {
  const call = own();
  if (call === BEFORE) {
    throw new Error('the platform answers within an invocation only, not while the app is loaded');
  }
  signal?.throwIfAborted();
  const id = lastId + 1;
  const { inv, token } = call.frame;
  const line = appLine();
  queue({ idle: false, t: 'fetch', id, inv, token, descriptor, path: String(path), method, headers, line }, body);
  lastId = id;
  call.waiting += 1;
  return new Promise((resolve, reject) => {
    waiting.set(id, (reply) => {
      call.waiting -= 1;
      resolve(reply);
    });
    signal?.addEventListener('abort', () => {
      if (!waiting.delete(id)) return;
      call.waiting -= 1;
      reject(signal.reason);
    }, { once: true });
  });
}

/** The host has answered a request. */
function answered(frame, body) {
  const resolve = waiting.get(frame.id);
  waiting.delete(frame.id);
  resolve?.({ status: frame.status, headers: frame.headers, body });
}

async function bytesOf(body) {
  if (body === undefined || body === null) return EMPTY;
  return Buffer.from(await new Response(body).arrayBuffer());
}

function pairsOf(headers) {
  return headers === undefined || headers === null ? [] : [...new Headers(headers)];
}

/** Forge's own road. A product request with a body and no content type is JSON, as Forge's runtime has it. */
async function forgeFetch(descriptor, path, init) {
  const { method = 'GET', headers, body, signal } = init ?? {};
  const pairs = pairsOf(headers);
  const sent = typeof body === 'string' ? body : await bytesOf(body);
  if (descriptor.type === 'fpp' && sent.length && !pairs.some(([name]) => name === 'content-type')) {
    pairs.push(['content-type', 'application/json']);
  }
  return answers.responseOf(await cross(descriptor, path, String(method), pairs, sent, signal));
}

/** What Node's `fetch` adds to the headers by what else it is given: an address to come from, and how fresh and how
 * foreign an answer may be. What its policy would cut off the address is left on. */
function added(asked) {
  const pairs = [];
  if (/^https?:/.test(asked.referrer) && asked.referrerPolicy !== 'no-referrer') pairs.push(['referer', asked.referrer]);
  if (asked.cache === 'no-store' || asked.cache === 'reload') pairs.push(['pragma', 'no-cache'], ['cache-control', 'no-cache']);
  if (asked.cache === 'no-cache') pairs.push(['cache-control', 'max-age=0']);
  if (asked.mode !== 'cors') pairs.push(['sec-fetch-mode', asked.mode]);
  return pairs.filter(([name]) => !asked.headers.has(name));
}

/** Egress: the platform decides on it. */
async function externalFetch(input, init) {
  const asked = new Request(input, init);
  const body = asked.body === null ? EMPTY : Buffer.from(await asked.arrayBuffer());
  const descriptor = { type: 'external', redirect: asked.redirect };
  return answers.responseOf(await cross(descriptor, asked.url, asked.method, [...asked.headers, ...added(asked)], body, asked.signal), asked.url);
}

// --- the running invocation -------------------------------------------------------------------------------------------

function lastPart(ari) {
  return String(ari ?? '').split('/').pop();
}

/** `withProvider` of @forge/api asks here which accounts a person has elsewhere, and reaches the platform only with one:
 * that there are none would be a guess. */
function withoutAccounts(runtime) {
  const get = () => {
    cross({ type: 'tpp' }, '', 'GET', [], EMPTY).catch(NOTHING);
    throw new Error('forgesim does not emulate third-party OAuth');
  };
  return Object.defineProperty(runtime, 'externalAuth', { get });
}

function runtimeOf(call, root) {
  const { frame, context, about } = call;
  return {
    proxy: { token: 'none', url: 'none' },
    contextAri: context.installContext,
    container: { region: 'none', runtime: 'nodejs', handler: frame.function, appCodeDir: root },
    appContext: {
      appId: lastPart(about.appAri),
      appVersion: about.appVersion,
      environmentId: lastPart(about.environmentAri),
      environmentType: about.environmentType,
      invocationId: frame.inv,
      installationId: lastPart(about.installationAri),
      functionKey: frame.function,
      moduleType: about.moduleType ?? '',
      moduleKey: about.moduleKey,
      license: context.license,
      installation: context.installation,
      permissions: about.permissions,
    },
    aaid: context.principal?.accountId,
    lambdaContext: { awsRequestId: frame.inv, getRemainingTimeInMillis: () => frame.deadline - clock.now },
    tracing: { traceId: '0'.repeat(16), spanId: '0'.repeat(16) },
    realtime: {},
    metrics: METRICS,
    featureFlags: () => false,
  };
}

/** Sets the globals that the packages read, some of them while they load. There is no `kvs` in the runtime on purpose:
 * with one, @forge/kvs leaves the seam and talks to that URL. `providers`: whether the manifest has any. */
function install(root, providers) {
  Object.defineProperty(globalThis, '__forge_runtime__', {
    configurable: true,
    get() {
      const call = own();
      call.runtime ??= providers ? withoutAccounts(runtimeOf(call, root)) : runtimeOf(call, root);
      return call.runtime;
    },
  });
  globalThis.__forge_fetch__ = forgeFetch;
  globalThis.fetch = externalFetch;
  answers.install();
}

module.exports = { answered, cross, install };
