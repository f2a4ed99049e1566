// The guest's end of the seam: frames out and in, by plain blocking reads and writes, so that Node's own loop never waits
// for the host and is empty exactly when nothing of the app can run.
'use strict';

const fs = require('node:fs');

// What the app may replace later is taken here, before any of its code runs.
const { readSync, writeSync } = fs;
const { parse, stringify } = JSON;
const { alloc, concat, from } = Buffer;
const { utf8Slice, utf8Write } = Buffer.prototype;
const bound = Function.prototype.call.bind.bind(Function.prototype.call);
const [textOf, write, subarray, copy] = [utf8Slice, utf8Write, Buffer.prototype.subarray, Uint8Array.prototype.set].map(
  (method) => bound(method),
);
const exit = process.reallyExit.bind(process);

const SEAM = 3;
const CHUNK = 64 * 1024;
const MAX_BODY = 8 * 1024 * 1024;
const MAX_HEADER = 256 * 1024;
const EMPTY = alloc(0);
const IDLE_AT = '{"idle":'.length; // a request's header begins so, with `false` and what follows

const into = alloc(CHUNK);
let out = alloc(CHUNK); // frames that wait, up to `end`
let end = 0;
let asked = -1; // where the last frame begins, if it is one that can be told to be idle
let left = EMPTY; // of what the host wrote, less than a frame

class FrameTooBig extends RangeError {}

function reserve(size) {
  if (end + size <= out.length) return;
  const larger = alloc(Math.max(2 * out.length, end + size));
  copy(larger, subarray(out, 0, end));
  out = larger;
}

/** Puts text or bytes behind what waits, `ahead` bytes further on; how many bytes that are. */
function put(data, ahead) {
  const at = end + ahead;
  if (typeof data === 'string') return write(out, data, at, out.length - at);
  copy(out, data, at);
  return data.length;
}

function putLength(size, at) {
  out[at] = size & 255;
  out[at + 1] = (size >> 8) & 255;
  out[at + 2] = (size >> 16) & 255;
  out[at + 3] = size >> 24;
}

/** Puts a frame with this header and body, text or bytes, behind those that wait. Throws where it is over a limit. */
function queue(header, body = EMPTY) {
  const head = stringify(header);
  if (head.length > MAX_HEADER) throw tooLong();
  if (body.length > MAX_BODY) throw tooLarge(body.length);
  reserve(8 + 3 * head.length + (typeof body === 'string' ? 3 : 1) * body.length); // of UTF-8, at the most
  const first = put(head, 8);
  if (first > MAX_HEADER) throw tooLong();
  const second = body.length ? put(body, 8 + first) : 0;
  if (second > MAX_BODY) throw tooLarge(second);
  putLength(first, end);
  putLength(second, end + 4);
  asked = header.idle === false ? end : -1;
  end += 8 + first + second;
}

function tooLong() {
  return new FrameTooBig(`path and headers of a request are over the limit of ${MAX_HEADER} bytes`);
}

function tooLarge(size) {
  return new FrameTooBig(`a body of ${size} bytes is over the limit of ${MAX_BODY}`);
}

/** Says that nothing can run before the host answers: within the last frame, where that is a request. */
function rest() {
  if (asked < 0) queue({ t: 'idle' });
  else write(out, 'true ', asked + 8 + IDLE_AT, 5);
}

/** Writes all that waits. The process ends when the host is gone. */
function flush() {
  try {
    for (let at = 0; at < end; ) at += writeSync(SEAM, out, at, end - at);
  } catch {
    exit(0);
  }
  end = 0;
  asked = -1;
  if (out.length > MAX_HEADER) out = alloc(CHUNK);
}

/** The host's next frames as [header, body] pairs; waits for one at least. */
function read() {
  for (;;) {
    let size = 0;
    try {
      size = readSync(SEAM, into, 0, CHUNK, null);
    } catch {
      exit(0);
    }
    if (size === 0) exit(0);
    const frames = cut(left.length ? concat([left, subarray(into, 0, size)]) : subarray(into, 0, size));
    if (frames.length) return frames;
  }
}

/** The whole frames of what was read; what is left waits for more. Nothing of them is shared with `data`. */
function cut(data) {
  const frames = [];
  let at = 0;
  while (data.length - at >= 8) {
    const head = at + 8 + lengthAt(data, at);
    const next = head + lengthAt(data, at + 4);
    if (data.length < next) break;
    frames.push([parse(textOf(data, at + 8, head)), head < next ? from(subarray(data, head, next)) : EMPTY]);
    at = next;
  }
  left = at < data.length ? from(subarray(data, at)) : EMPTY;
  return frames;
}

function lengthAt(data, at) {
  return data[at] + data[at + 1] * 0x100 + data[at + 2] * 0x10000 + data[at + 3] * 0x1000000;
}

/** Waits for the single byte that says: load the app. */
function awaitLoad() {
  if (readSync(SEAM, into, 0, 1, null) !== 1) exit(0);
}

module.exports = { EMPTY, awaitLoad, exit, flush, queue, read, rest, stringify, parse, textOf };
