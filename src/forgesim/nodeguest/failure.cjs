// An error as the seam carries it, and the app's line that something comes from.
'use strict';

const { stringify } = require('./seam.cjs');

const MOST_FRAMES = 50;
const LONGEST_MESSAGE = 32768;
const own = { root: '', lines: true };

/** `root`: the app folder, which lines are told from. `lines`: whether any code runs as it stands there: bundles do not,
 * and to look at the stack is half of what a request costs. */
function install(root, lines) {
  own.root = `${root}/`;
  own.lines = lines;
}

/** `src/…:N` of each of the app's own frames, innermost first. Code of a bundle has no lines of the source's. */
function linesOf(stack) {
  const found = [];
  for (const line of String(stack).split('\n')) {
    const at = line.indexOf(own.root);
    if (at < 0 || line.includes('/node_modules/')) continue;
    const place = /^(.+?):(\d+)(?::\d+)?\)?$/.exec(line.slice(at + own.root.length));
    if (place !== null) found.push(`${place[1]}:${place[2]}`);
  }
  return found;
}

/** The app's line that the running code was called from, or null. */
function appLine() {
  if (!own.lines) return null;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  const { stack } = new Error();
  Error.stackTraceLimit = limit;
  return linesOf(stack)[0] ?? null;
}

/** `{type, message, at, stack}` of whatever was thrown. Never throws. */
function describe(error) {
  try {
    const lines = linesOf(error?.stack).slice(0, MOST_FRAMES);
    const type = String(error?.name ?? typeof error);
    const message = String(error instanceof Error ? error.message : (error?.message ?? error));
    return { type, message: message.slice(0, LONGEST_MESSAGE), at: lines[0] ?? null, stack: lines.reverse() };
  } catch {
    return { type: 'Error', message: 'the error could not be described', at: null, stack: [] };
  }
}

function encodeFailure(error) {
  return Buffer.from(stringify(describe(error)));
}

module.exports = { appLine, describe, encodeFailure, install };
