// An error as the seam carries it, and the app's line that something comes from.
'use strict';

const { stringify } = require('./seam.cjs');

const MOST_FRAMES = 50;
const LONGEST_MESSAGE = 32768;
const NEAR = 8; // frames: how long a package's way to the seam is, most often; each of them takes its time
const FAR = 40;
const own = { root: '' };
const known = new Map(); // file of a bundle → its line → the source's, where that is the app's own

/** `root`: the app folder, which lines are told from. */
function install(root) {
  own.root = `${root}/`;
}

/** Tells where the lines of a bundle come from. */
function know(file, lines) {
  known.set(file, lines);
}

/** `src/…:N` of each of the app's own frames, innermost first. */
function linesOf(stack) {
  const found = [];
  for (const line of String(stack).split('\n')) {
    const bundled = /\b(bundle\/.+?):(\d+)(?::\d+)?\)?$/.exec(line);
    const from = bundled === null ? undefined : known.get(bundled[1])?.[bundled[2]];
    if (from !== undefined) found.push(from);
    const at = line.indexOf(own.root);
    if (at < 0 || line.includes('/node_modules/')) continue;
    const place = /^(.+?):(\d+)(?::\d+)?\)?$/.exec(line.slice(at + own.root.length));
    if (place !== null) found.push(`${place[1]}:${place[2]}`);
  }
  return found;
}

/** The app's line that the running code was called from, or null. Call sites as they are: to write them out as text is
 * half of what a request would cost. */
function appLine() {
  const { stackTraceLimit, prepareStackTrace } = Error;
  try {
    Error.prepareStackTrace = asTheyAre;
    Error.stackTraceLimit = NEAR;
    const near = lineAmong(new Error().stack);
    if (near !== null) return near;
    Error.stackTraceLimit = FAR;
    return lineAmong(new Error().stack);
  } catch {
    return null; // an app that has made them its own gets no lines
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
}

function asTheyAre(_error, sites) {
  return sites;
}

/** Whether the running code was called from a bundle, and there not by the app's own part of it first. */
function isOfPackage() {
  const { stackTraceLimit, prepareStackTrace } = Error;
  try {
    Error.prepareStackTrace = asTheyAre;
    Error.stackTraceLimit = FAR;
    const nearest = new Error().stack.find((site) => known.has(site.getFileName()));
    return nearest !== undefined && known.get(nearest.getFileName())[nearest.getLineNumber()] === undefined;
  } catch {
    return false;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
}

/** Of the first frame that is the app's own; the first of all is `appLine` itself. */
function lineAmong(sites) {
  for (let at = 1; at < sites.length; at += 1) {
    const file = sites[at].getFileName();
    if (typeof file !== 'string') continue;
    const lines = known.get(file);
    if (lines !== undefined) {
      const from = lines[sites[at].getLineNumber()];
      if (from !== undefined) return from;
      continue;
    }
    const plain = file.startsWith('file://') ? file.slice(7) : file;
    if (!plain.startsWith(own.root) || plain.includes('/node_modules/')) continue;
    return `${plain.slice(own.root.length)}:${sites[at].getLineNumber()}`;
  }
  return null;
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
  return stringify(describe(error));
}

module.exports = { appLine, describe, encodeFailure, install, isOfPackage, know };
