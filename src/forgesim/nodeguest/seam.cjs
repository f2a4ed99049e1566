// The guest's end of the seam: frames out and in, by plain blocking reads and writes, so that Node's own loop never waits
// for the host and is empty exactly when nothing of the app can run.
'use strict';

const fs = require('node:fs');

// What the app may replace later is taken here, before any of its code runs.
const { readSync, writeSync } = fs;
const { parse, stringify } = JSON;
const { alloc, concat, from } = Buffer;
const exit = process.reallyExit.bind(process);

const SEAM = 3;
const CHUNK = 64 * 1024;
const MAX_BODY = 8 * 1024 * 1024;
const MAX_HEADER = 256 * 1024;
const EMPTY = alloc(0);

const into = alloc(CHUNK);
let queued = [];
let rest = EMPTY;

class FrameTooBig extends RangeError {}

/** Puts a frame with this header and body behind those that wait. Throws where it is over a limit. */
function queue(header, body = EMPTY) {
  const head = from(stringify(header));
  if (body.length > MAX_BODY) throw new FrameTooBig(`a body of ${body.length} bytes is over the limit of ${MAX_BODY}`);
  if (head.length > MAX_HEADER) {
    throw new FrameTooBig(`path and headers of a request are over the limit of ${MAX_HEADER} bytes`);
  }
  const lengths = alloc(8);
  lengths.writeUInt32LE(head.length, 0);
  lengths.writeUInt32LE(body.length, 4);
  queued.push(lengths, head, body);
}

/** Writes all that waits. The process ends when the host is gone. */
function flush() {
  if (!queued.length) return;
  const data = concat(queued);
  queued = [];
  let at = 0;
  try {
    while (at < data.length) at += writeSync(SEAM, data, at);
  } catch {
    exit(0);
  }
}

/** The host's next frames as [header, body] pairs; waits for one at least. */
function read() {
  for (;;) {
    const frames = cut();
    if (frames.length) return frames;
    let size = 0;
    try {
      size = readSync(SEAM, into, 0, CHUNK, null);
    } catch {
      exit(0);
    }
    if (size === 0) exit(0);
    rest = rest.length ? concat([rest, into.subarray(0, size)]) : from(into.subarray(0, size));
  }
}

function cut() {
  const frames = [];
  while (rest.length >= 8) {
    const head = 8 + rest.readUInt32LE(0);
    const end = head + rest.readUInt32LE(4);
    if (rest.length < end) break;
    frames.push([parse(rest.toString('utf8', 8, head)), rest.subarray(head, end)]);
    rest = rest.subarray(end);
  }
  return frames;
}

/** Waits for the single byte that says: load the app. */
function awaitLoad() {
  if (readSync(SEAM, into, 0, 1, null) !== 1) exit(0);
}

module.exports = { awaitLoad, exit, flush, queue, read, stringify, parse };
