// Randomness that is a function of the invocation's seed, wherever an app may draw it from.
'use strict';

const crypto = require('node:crypto');

const { isView } = ArrayBuffer;
const bytes = { stream: null };
const numbers = { stream: null };

// SplitMix32 spreads a seed over the state of xoshiro128**, both by their published definitions.
function streamOf(seed) {
  let mixed = seed >>> 0 || 1;
  const part = () => {
    mixed = (mixed + 0x9e3779b9) | 0;
    let z = mixed ^ (mixed >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const s = [part(), part(), part(), part()];
  return () => {
    const turned = Math.imul(s[1], 5);
    const result = Math.imul((turned << 7) | (turned >>> 25), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  };
}

/** Begins again with a seed, for one invocation. */
function reset(seed) {
  const folded = (seed % 2 ** 32) ^ Math.floor(seed / 2 ** 32);
  numbers.stream = streamOf(folded);
  bytes.stream = streamOf(folded ^ 0x5bd1e995);
}

function random() {
  return (numbers.stream() * 2 ** 21 + (numbers.stream() >>> 11)) / 2 ** 53;
}

function fill(view, offset = 0, size = undefined) {
  const all = isView(view)
    ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    : new Uint8Array(view);
  const width = isView(view) && view.BYTES_PER_ELEMENT ? view.BYTES_PER_ELEMENT : 1;
  const end = size === undefined ? all.length : (offset + size) * width;
  for (let at = offset * width; at < end; at += 1) all[at] = bytes.stream() >>> 24;
  return view;
}

function answered(value, callback) {
  if (callback === undefined) return value;
  process.nextTick(callback, null, value);
  return undefined;
}

function randomBytes(size, callback) {
  return answered(fill(Buffer.alloc(size)), callback);
}

function randomFill(view, ...rest) {
  const callback = rest.pop();
  answered(fill(view, ...rest), callback);
}

function randomInt(low, high, callback) {
  if (high === undefined || typeof high === 'function') return randomInt(0, low, high);
  if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || high <= low) {
    throw new RangeError(`no whole number is in ${low}..${high}`);
  }
  return answered(low + Math.floor(random() * (high - low)), callback);
}

function randomUUID() {
  const drawn = fill(new Uint8Array(16));
  drawn[6] = (drawn[6] & 0x0f) | 0x40;
  drawn[8] = (drawn[8] & 0x3f) | 0x80;
  const hex = Buffer.from(drawn).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Replaces the sources, once per process. Keys that are generated stay random: nothing else makes them. */
function install() {
  reset(0);
  Math.random = random;
  const drawn = { randomBytes, randomFill, randomInt, randomUUID, randomFillSync: fill };
  for (const name of ['pseudoRandomBytes', 'prng', 'rng']) {
    Object.defineProperty(crypto, name, { configurable: true, writable: true, value: randomBytes });
  }
  Object.assign(crypto, drawn);
  Object.assign(Object.getPrototypeOf(globalThis.crypto), { getRandomValues: (view) => fill(view), randomUUID });
}

module.exports = { install, reset };
