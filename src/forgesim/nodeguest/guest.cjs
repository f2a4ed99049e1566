// The process that a JavaScript app runs in: load the app, say what it has, run one invocation at a time. It is started
// behind the walls and has one way out, the seam at descriptor 3; what it is to run is at descriptor 5.
//
// When nothing in the process can run, Node says `beforeExit`. That is when the guest says `idle` and waits for the host.
'use strict';

const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const IMAGE = 5;
const later = setImmediate;
const KEEP = () => undefined;

function readImage() {
  const { size } = fs.fstatSync(IMAGE);
  const data = Buffer.alloc(size);
  let at = 0;
  while (at < size) at += fs.readSync(IMAGE, data, at, size - at, at);
  fs.closeSync(IMAGE);
  return JSON.parse(data.toString());
}

const seam = require('./seam.cjs');
const calls = require('./call.cjs');
const chance = require('./chance.cjs');
const clock = require('./clock.cjs');
const coverage = require('./coverage.cjs');
const failure = require('./failure.cjs');
const loading = require('./load.cjs');
const locales = require('./locales.cjs');
const output = require('./output.cjs');
const platform = require('./platform.cjs');
const refusals = require('./refusals.cjs');
const requests = require('./requests.cjs');

const image = readImage();
const explains = process.argv[2] === 'explain'; // what the app tries against its walls
let loaded = null;

// --- invocations ------------------------------------------------------------------------------------------------------

function begin(frame, body) {
  clock.moveTo(frame.now);
  chance.reset(frame.seed);
  const [event, context, about] = seam.parse(body.toString());
  const call = new calls.Call(frame, context ?? {}, about ?? {});
  calls.state.current = call;
  output.begin(call);
  calls.run(call, () => void answer(call, event, context ?? {}));
}

async function answer(call, event, context) {
  const { function: key } = call.frame;
  let outcome;
  try {
    const handler = loaded.handlers.get(key);
    if (handler === undefined) throw loaded.errors.get(key) ?? new Error(`no function ${key}`);
    const result = await handler(event, context);
    outcome = { type: 'result', body: seam.stringify(result ?? null) ?? 'null' };
  } catch (error) {
    outcome = { type: 'error', body: failure.encodeFailure(error) };
  }
  call.outcome ??= outcome;
}

/** Sends the outcome of a call, once nothing that it has started can run before the host does something. */
function end(call) {
  call.sent = true;
  calls.run(call, output.finish);
  tellTimer();
  const { inv, token } = call.frame;
  const cov = coverage.fresh();
  const left = call.waiting > 0;
  const frame = (type) => ({ t: 'fetch', id: 0, inv, token, descriptor: { type }, path: '', method: 'POST', cov, left });
  try {
    seam.queue(frame(call.outcome.type), call.outcome.body);
  } catch (error) {
    seam.queue(frame('error'), failure.encodeFailure(error));
  }
}

/** A timer fires within a later call, of which nobody knows. */
function tellTimer() {
  const left = clock.left();
  if (left !== null) refusals.tell('unfinished', `${left.what} outlives the result of the function`, false, left.line);
}

/** Says that what an answer has started after the result is over, and how far it went. */
function outlive() {
  tellTimer();
  seam.queue({ t: 'idle', cov: coverage.fresh() });
}

/** What nothing has caught ends the invocation, as it ends the process on the platform. */
function uncaught(error) {
  const call = calls.own();
  if (call === calls.BEFORE) fatal(error);
  if (call.sent) {
    const { type, at } = failure.describe(error);
    refusals.tell('unfinished', `${type}, which nothing catches, outlives the result of the function`, false, at);
  }
  call.outcome ??= { type: 'error', body: failure.encodeFailure(error) };
}

function fatal(error) {
  const { type, message, at } = failure.describe(error);
  seam.queue({ t: 'fatal', why: `${type}: ${message}${at === null ? '' : ` (${at})`}`.slice(0, 2000) });
  seam.flush();
  seam.exit(1);
}

// --- the seam ---------------------------------------------------------------------------------------------------------

/** Nothing here can run: tell the host, and do what it says next. */
function rest() {
  const call = calls.state.current;
  if (loaded === null) fatal(new Error('the app waits while it is loaded, for something that never comes'));
  if (call !== calls.BEFORE && call.sent) outlive();
  else if (call !== calls.BEFORE) {
    if (call.outcome !== null) end(call);
    else if (clock.next() === null) seam.rest();
    else seam.queue({ t: 'idle', until: Math.ceil(clock.next()) });
  }
  seam.flush();
  for (const [frame, body] of seam.read()) take(frame, body);
  later(KEEP); // what that has started gets its turn
}

function take(frame, body) {
  if (frame.t === 'invoke') {
    begin(frame, body);
    return;
  }
  clock.moveTo(frame.now);
  if (frame.t === 'reply') platform.answered(frame, body);
  else clock.runDue();
}

async function serve() {
  const found = await loading.load(image);
  const functions = {};
  const errors = {};
  for (const [key, handler] of found.handlers) functions[key] = loading.resolverKeys(handler);
  for (const [key, error] of found.errors) {
    const { type, message, at } = failure.describe(error);
    errors[key] = { type, message, at };
  }
  loaded = found;
  seam.queue({ t: 'ready', functions, errors, cov: coverage.fresh() });
}

// --- start ------------------------------------------------------------------------------------------------------------

for (const name of Object.keys(process.env)) delete process.env[name];
Object.assign(process.env, image.variables);
failure.install(image.root);
clock.start(image.epoch);
clock.install();
chance.install();
output.install();
platform.install(image.root, image.providers);
requests.install();
locales.install(image.locales.folder, image.locales.files);
refusals.install(image.root, explains);
syncBuiltinESMExports();
loading.prepare(image);
seam.awaitLoad();

const { emit } = process;
const emitting = function (event, ...args) {
  if (event !== 'beforeExit') return Reflect.apply(emit, this, [event, ...args]);
  rest();
  return true;
};
// Packages put their own in its place, and call what they found from there: without it the process would never rest.
Object.defineProperty(process, 'emit', { get: () => emitting, set: () => undefined });
process.setUncaughtExceptionCaptureCallback(uncaught);
process.chdir(image.root);
serve().catch(fatal);
