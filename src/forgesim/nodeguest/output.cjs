// Everything that an app writes: the console and the standard streams become log frames.
'use strict';

const { Console } = require('node:console');
const { Writable } = require('node:stream');
const { BEFORE, own } = require('./call.cjs');
const { appLine } = require('./failure.cjs');
const seam = require('./seam.cjs');

const CUT = "forgesim: the rest of this invocation's log is dropped, it is over 1 MB";
const MOST_EARLY = 1000;
const LEVELS = {
  debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error', trace: 'error', assert: 'error',
  table: 'info', dir: 'info', dirxml: 'info', group: 'info', groupCollapsed: 'info', count: 'info', timeEnd: 'info',
  timeLog: 'info', countReset: 'warn',
}; // prettier-ignore
const early = [];
const rests = { stdout: '', stderr: '' };

function log(level, text) {
  const call = own();
  const line = appLine();
  if (call !== BEFORE) {
    write(call, level, text, line);
  } else if (early.length < MOST_EARLY) {
    early.push([level, text, line]);
  }
}

function write(call, level, text, line) {
  if (call.logLeft < 0) return;
  let body = Buffer.from(text);
  call.logLeft -= body.length || 1;
  if (call.logLeft < 0) {
    level = 'warn';
    body = Buffer.from(CUT);
  }
  const { inv, token } = call.frame;
  seam.queue({ t: 'fetch', id: 0, inv, token, descriptor: { type: 'log' }, path: level, method: 'POST', line }, body);
}

/** What was written while the app was loaded belongs to its first invocation. */
function begin(call) {
  for (const [level, text, line] of early.splice(0)) write(call, level, text, line);
}

/** Lines that have no end yet: the invocation is over. */
function finish() {
  for (const name of Object.keys(rests)) {
    if (rests[name]) log(name, rests[name]);
    rests[name] = '';
  }
}

function stream(name) {
  return new Writable({
    decodeStrings: false,
    write(data, _encoding, done) {
      const lines = (rests[name] + data).split('\n');
      rests[name] = lines.pop();
      for (const line of lines) log(name, line);
      done();
    },
  });
}

/** Replaces the console's methods and the standard streams, once per process. */
function install() {
  let level = 'info';
  const sink = new Writable({
    decodeStrings: false,
    write(data, _encoding, done) {
      log(level, String(data).replace(/\n$/, ''));
      done();
    },
  });
  const inner = new Console({ stdout: sink, stderr: sink, colorMode: false });
  for (const name of Object.keys(inner)) {
    if (typeof inner[name] !== 'function') continue;
    console[name] = (...args) => {
      level = LEVELS[name] ?? 'info';
      return Reflect.apply(inner[name], inner, args);
    };
  }
  const streams = { stdout: stream('stdout'), stderr: stream('stderr') };
  for (const [name, value] of Object.entries(streams)) {
    value.fd = name === 'stdout' ? 1 : 2;
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => value });
  }
}

module.exports = { begin, finish, install };
