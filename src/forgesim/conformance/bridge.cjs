// What Atlassian's own client packages meet under Node instead of Forge's runtime: the globals `__forge_runtime__`,
// `__forge_fetch__` and `fetch`, and behind them the frames of forgesim's seam over an inherited socket.
//
// node bridge.cjs DRIVER, with the socket's descriptor number in FORGESIM_SEAM. DRIVER is a module that exports one
// async function; it is loaded after the globals stand, for the packages read them while they load.
//
// This is a tool to compare with, not a proof: nothing confines this process, so what it does beside the seam is seen
// by nobody.
'use strict';

const net = require('node:net');
const path = require('node:path');

const seam = new net.Socket({ fd: Number(process.env.FORGESIM_SEAM), readable: true, writable: true });
const waiting = new Map();
let last = 0;
let resting = false;
let invocation = null;
let handler = null;

function pack(header, body = Buffer.alloc(0)) {
  const head = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(head.length, 0);
  lengths.writeUInt32LE(body.length, 4);
  return Buffer.concat([lengths, head, body]);
}

// The host answers what was asked at one instant when nothing here can run before that.
function rest() {
  if (resting) return;
  resting = true;
  setImmediate(() => {
    resting = false;
    seam.write(pack({ t: 'idle' }));
  });
}

// --- what the packages read -----------------------------------------------------------------------------------------

const NOTHING = () => undefined;
const METRICS = {
  counter: () => ({ incr: NOTHING, incrBy: NOTHING, decr: NOTHING, decrBy: NOTHING }),
  timing: () => ({ measure: () => ({ stop: NOTHING }) }),
  gauge: () => ({ set: NOTHING }),
};

function runtimeOf(frame, metadata) {
  return {
    ...metadata,
    metrics: METRICS,
    featureFlags: () => false,
    lambdaContext: {
      awsRequestId: frame.inv,
      getRemainingTimeInMillis: () => frame.deadline - frame.now,
    },
  };
}

async function bytesOf(body) {
  return body === undefined || body === null ? Buffer.alloc(0) : Buffer.from(await new Response(body).arrayBuffer());
}

async function cross(descriptor, where, method, headers, body) {
  const id = ++last;
  const header = {
    t: 'fetch',
    id,
    inv: invocation.inv,
    token: invocation.token,
    descriptor: JSON.parse(JSON.stringify(descriptor)),
    path: where,
    method,
    headers,
  };
  const { frame, body: answered } = await new Promise((resolve) => {
    waiting.set(id, resolve);
    seam.write(pack(header, body));
    rest();
  });
  const told = new Headers(frame.headers);
  const empty = frame.status === 204 || frame.status === 205 || frame.status === 304;
  if (!told.has('content-length')) told.set('content-length', String(answered.length));
  return new Response(empty ? null : answered, { status: frame.status, headers: told });
}

async function forgeFetch(descriptor, where, init = {}) {
  const headers = [...new Headers(init.headers ?? {})];
  return cross(descriptor, where, init.method ?? 'GET', headers, await bytesOf(init.body));
}

async function externalFetch(input, init) {
  const asked = new Request(input, init);
  const descriptor = { type: 'external', redirect: asked.redirect };
  const body = Buffer.from(await asked.arrayBuffer());
  return cross(descriptor, asked.url, asked.method, [...asked.headers], body);
}

globalThis.__forge_fetch__ = forgeFetch;
globalThis.fetch = externalFetch;

// --- what the host says ---------------------------------------------------------------------------------------------

async function invoke(frame, body) {
  const [argument, metadata] = JSON.parse(body.toString());
  invocation = frame;
  globalThis.__forge_runtime__ = runtimeOf(frame, metadata);
  handler ??= require(path.resolve(process.argv[2]));
  let type = 'result';
  let told;
  try {
    told = await handler(argument);
  } catch (error) {
    type = 'error';
    told = { type: String(error?.name), message: String(error?.stack ?? error) };
  }
  const header = { t: 'fetch', id: 0, inv: frame.inv, token: frame.token, descriptor: { type }, path: '' };
  seam.write(pack(header, Buffer.from(JSON.stringify(told ?? null))));
}

function take(frame, body) {
  if (frame.t === 'invoke') {
    void invoke(frame, body);
  } else if (frame.t === 'reply') {
    const resolve = waiting.get(frame.id);
    waiting.delete(frame.id);
    resolve?.({ frame, body });
  }
}

let pending = Buffer.alloc(0);
seam.on('data', (data) => {
  pending = Buffer.concat([pending, data]);
  while (pending.length >= 8) {
    const head = 8 + pending.readUInt32LE(0);
    const end = head + pending.readUInt32LE(4);
    if (pending.length < end) return;
    const frame = JSON.parse(pending.subarray(8, head).toString());
    const body = Buffer.from(pending.subarray(head, end));
    pending = pending.subarray(end);
    take(frame, body);
  }
});
seam.on('close', () => process.exit(0));
seam.on('error', () => process.exit(1));
seam.write(pack({ t: 'ready' }));
