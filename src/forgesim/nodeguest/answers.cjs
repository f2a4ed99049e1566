// An answer as the app gets it: a Response of Node's own. To make the stream that its body would be takes longer than all
// else of a request, and most apps ask for text or JSON alone: the stream is made for those who want more.
'use strict';

const { STATUS_CODES } = require('node:http');
const { parse, textOf } = require('./seam.cjs');

const { Response } = globalThis; // loads Node's fetch now, before there is an app
const WITHOUT_BODY = new Set([101, 204, 205, 304]);
const UNSERVED = 'x-forgesim-unsupported'; // in the words of the status, all that @forge/realtime hands on
const { prototype } = Response;
const { arrayBuffer: read } = prototype;
const plain = new WeakMap(); // Response → `{body, used, whole}`: its bytes, whether they were read, what has the stream

function responseOf({ status, headers, body }, url) {
  if (!headers.some(([name]) => name.toLowerCase() === 'content-length')) {
    headers.push(['content-length', String(body.length)]);
  }
  const said = status >= 200 && status <= 599 ? status : 502;
  const unserved = said === 501 ? headers.find(([name]) => name.toLowerCase() === UNSERVED) : undefined;
  const statusText = unserved === undefined ? (STATUS_CODES[said] ?? '') : `Not emulated: ${unserved[1]}`;
  const response = new Response(null, { status: said, statusText, headers });
  if (!WITHOUT_BODY.has(said)) plain.set(response, { body, used: false, whole: null });
  if (url !== undefined) Object.defineProperty(response, 'url', { value: url });
  return response;
}

/** The Response with the stream; where its bytes were read before, so were those of the stream. */
function wholeOf(kept, response) {
  if (kept.whole === null) {
    const { status, statusText, headers } = response;
    kept.whole = new Response(kept.body, { status, statusText, headers });
    if (kept.used) void Reflect.apply(read, kept.whole, []);
  }
  return kept.whole;
}

function decoded(body) {
  const marked = body.length >= 3 && body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  return textOf(body, marked ? 3 : 0, body.length);
}

/** The text of a body that nobody has touched, or null. */
function take(response) {
  const kept = plain.get(response);
  if (kept === undefined || kept.used || kept.whole !== null) return null;
  kept.used = true;
  return decoded(kept.body);
}

/** Replaces what a Response tells of its body, once per process. */
function install() {
  for (const name of ['text', 'json', 'arrayBuffer', 'blob', 'bytes', 'formData', 'clone']) {
    const found = prototype[name];
    if (found === undefined) continue;
    const { [name]: own } = {
      [name](...args) {
        const kept = plain.get(this);
        return Reflect.apply(found, kept === undefined ? this : wholeOf(kept, this), args);
      },
    };
    Object.defineProperty(prototype, name, { configurable: true, enumerable: true, writable: true, value: own });
  }
  const { text, json } = prototype;
  prototype.text = {
    async text() {
      return take(this) ?? Reflect.apply(text, this, []);
    },
  }.text;
  prototype.json = {
    async json() {
      const said = take(this);
      return said === null ? Reflect.apply(json, this, []) : parse(said);
    },
  }.json;
  for (const name of ['body', 'bodyUsed']) {
    const { get: found } = Object.getOwnPropertyDescriptor(prototype, name);
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable: true,
      get() {
        const kept = plain.get(this);
        if (kept === undefined) return Reflect.apply(found, this, []);
        if (name === 'bodyUsed' && kept.whole === null) return kept.used;
        return Reflect.apply(found, wholeOf(kept, this), []);
      },
    });
  }
}

module.exports = { install, responseOf };
