// The guest's one clock: dates, timers and every counter of time follow what the host says.
'use strict';

const timers = require('node:timers');
const promises = require('node:timers/promises');
const util = require('node:util');
const os = require('node:os');
const { BEFORE, own, snapshot } = require('./call.cjs');
const { appLine } = require('./failure.cjs');

const RealDate = Date;
const later = setImmediate;
const LONGEST = 2 ** 31 - 1;

const clock = { now: 0, origin: 0 };
const waiting = []; // timers by time, and by age where that is the same
const byId = new Map();
let lastId = 0;

/** Starts at this time (epoch ms); the host moves it. */
function start(now) {
  clock.now = now;
  clock.origin = now;
}

/** Moves to a time, which may be earlier when a warm process serves another run. */
function moveTo(now) {
  clock.now = now;
}

// --- timers ---------------------------------------------------------------------------------------------------------

class Timeout {
  constructor(run, args, delay, repeat) {
    this._id = ++lastId;
    this._run = run;
    this._args = args;
    this._delay = delay >= 1 && delay <= LONGEST ? Math.trunc(delay) : 1;
    this._repeat = repeat;
    this._within = snapshot();
    this._early = own() === BEFORE;
    this._line = appLine();
    this._at = 0;
    wait(this);
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }
  hasRef() {
    return true;
  }
  refresh() {
    drop(this);
    wait(this);
    return this;
  }
  close() {
    drop(this);
    return this;
  }
  [Symbol.toPrimitive]() {
    return this._id;
  }
  [Symbol.dispose ?? Symbol.for('nodejs.dispose')]() {
    drop(this);
  }
}

function wait(timer) {
  timer._at = clock.now + timer._delay;
  let low = 0;
  let high = waiting.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (waiting[middle]._at <= timer._at) low = middle + 1;
    else high = middle;
  }
  waiting.splice(low, 0, timer);
  byId.set(timer._id, timer);
}

function drop(timer) {
  const at = waiting.indexOf(timer);
  if (at >= 0) waiting.splice(at, 1);
  byId.delete(timer._id);
}

/** When the next timer is due (epoch ms), or null. */
function next() {
  return waiting.length ? waiting[0]._at : null;
}

/** The next timer in words, with the app's line that set it; null where there is none. */
function left() {
  if (!waiting.length) return null;
  const { _early: early, _line: line } = waiting[0];
  return { what: early ? 'a timer that was set while the app was loaded' : 'a timer', line };
}

/** Runs what is due, each with a turn of the loop for itself, as Node does. */
function runDue() {
  const timer = waiting[0];
  if (timer === undefined || timer._at > clock.now) return;
  drop(timer);
  if (timer._repeat) wait(timer);
  later(runDue);
  timer._within(() => Reflect.apply(timer._run, timer, timer._args));
}

function checked(run) {
  if (typeof run === 'function') return run;
  const error = new TypeError('The "callback" argument must be of type function.');
  error.code = 'ERR_INVALID_ARG_TYPE';
  throw error;
}

function setTimeout(run, delay, ...args) {
  return new Timeout(checked(run), args, Number(delay), false);
}

function setInterval(run, delay, ...args) {
  return new Timeout(checked(run), args, Number(delay), true);
}

function clear(timer) {
  const found = timer instanceof Timeout ? timer : byId.get(Number(timer));
  if (found !== undefined) drop(found);
}

function aborted(signal) {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  error.name = 'AbortError';
  error.code = 'ABORT_ERR';
  return error;
}

function sleep(delay, value, { signal } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(aborted(signal));
      return;
    }
    const timer = setTimeout(() => resolve(value), delay);
    signal?.addEventListener('abort', () => (drop(timer), reject(aborted(signal))), { once: true });
  });
}

async function* every(delay, value, options) {
  for (;;) yield await sleep(delay, value, options);
}

function timeoutSignal(delay) {
  const controller = new AbortController();
  const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  setTimeout(() => controller.abort(reason), delay);
  return controller.signal;
}

// --- what else tells the time -----------------------------------------------------------------------------------------

function VirtualDate(...args) {
  if (new.target === undefined) return new RealDate(clock.now).toString();
  return Reflect.construct(RealDate, args.length ? args : [clock.now], new.target);
}

function replaceDate() {
  Object.defineProperties(VirtualDate, {
    name: { value: 'Date' },
    length: { value: 7 },
    prototype: { value: RealDate.prototype, writable: false },
    now: { value: () => clock.now, writable: true, configurable: true },
    parse: { value: RealDate.parse, writable: true, configurable: true },
    UTC: { value: RealDate.UTC, writable: true, configurable: true },
  });
  RealDate.prototype.constructor = VirtualDate;
  globalThis.Date = VirtualDate;
  const formats = Intl.DateTimeFormat.prototype;
  const { get } = Object.getOwnPropertyDescriptor(formats, 'format');
  const { formatToParts } = formats;
  const at = (date) => (date === undefined ? clock.now : date);
  Object.defineProperty(formats, 'format', {
    configurable: true,
    get() {
      const format = Reflect.apply(get, this, []);
      return (date) => format(at(date));
    },
  });
  formats.formatToParts = function (date) {
    return Reflect.apply(formatToParts, this, [at(date)]);
  };
}

function replaceCounters() {
  const hrtime = (since) => {
    const now = [Math.floor(clock.now / 1000), (clock.now % 1000) * 1e6];
    if (!since) return now;
    const nanos = now[1] - since[1];
    return nanos < 0 ? [now[0] - since[0] - 1, nanos + 1e9] : [now[0] - since[0], nanos];
  };
  hrtime.bigint = () => BigInt(clock.now) * 1000000n;
  process.hrtime = hrtime;
  process.uptime = () => (clock.now - clock.origin) / 1000;
  process.cpuUsage = () => ({ user: 0, system: 0 });
  os.uptime = process.uptime;
  const counted = Object.getPrototypeOf(performance);
  counted.now = () => clock.now - clock.origin;
  Object.defineProperty(counted, 'timeOrigin', { configurable: true, get: () => clock.origin });
}

/** Replaces all of it, once per process, before app code is loaded. */
function install() {
  replaceDate();
  replaceCounters();
  setTimeout[util.promisify.custom] = sleep;
  const own = { setTimeout, setInterval, clearTimeout: clear, clearInterval: clear };
  Object.assign(globalThis, own);
  Object.assign(timers, own);
  Object.assign(promises, { setTimeout: sleep, setInterval: every });
  promises.scheduler.wait = (delay, options) => sleep(delay, undefined, options);
  AbortSignal.timeout = timeoutSignal;
}

module.exports = { clock, install, left, moveTo, next, runDue, start };
