// `http.request` and `https.request`: the road of @forge/api 2.18.5 to 4, and of clients that do not use `fetch`.
'use strict';

const http = require('node:http');
const https = require('node:https');
const { Writable } = require('node:stream');
const { cross } = require('./platform.cjs');

const PRODUCT = 'FORGE_PRODUCT_REQUEST';
const ACCOUNT = 'EXTERNAL_AUTH_REQUEST';
const AUTHORITY = /^Forge (\S+)(?: (\S+))?(?: (\S+))?$/;
const SILENT = { readable: false, writable: false, on: () => SILENT, once: () => SILENT, destroy: () => SILENT };

/** `[options, callback]` of the arguments that both functions take: a URL, options, or both. */
function told(args) {
  const rest = [...args];
  const callback = typeof rest.at(-1) === 'function' ? rest.pop() : undefined;
  let options = {};
  if (typeof rest[0] === 'string' || rest[0] instanceof URL) {
    const url = new URL(rest.shift());
    const { protocol, hostname, port } = url;
    options = { protocol, hostname, port, path: `${url.pathname}${url.search}` };
    if (url.username) options.auth = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  }
  return [{ ...options, ...rest[0] }, callback];
}

class Asked extends Writable {
  constructor(options, callback, protocol) {
    super({ autoDestroy: false });
    this.method = String(options.method ?? 'GET').toUpperCase();
    this.path = options.path ?? '/';
    this.protocol = options.protocol ?? protocol;
    this.host = String(options.hostname ?? options.host ?? 'localhost');
    this.aborted = false;
    this.reusedSocket = false;
    this.finished = false;
    this._port = options.port;
    this._agent = options.agent;
    this._chunks = [];
    this._headers = new Map();
    const given = options.headers ?? {};
    if (Array.isArray(given)) for (let at = 0; at < given.length; at += 2) this.setHeader(given[at], given[at + 1]);
    else for (const [name, value] of Object.entries(given)) this.setHeader(name, value);
    if (options.auth) this.setHeader('authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`);
    if (callback !== undefined) this.once('response', callback);
    options.signal?.addEventListener('abort', () => this.destroy(options.signal.reason), { once: true });
  }

  setHeader(name, value) {
    if (value !== undefined) this._headers.set(String(name).toLowerCase(), [String(name), value]);
    return this;
  }
  getHeader(name) {
    return this._headers.get(String(name).toLowerCase())?.[1];
  }
  hasHeader(name) {
    return this._headers.has(String(name).toLowerCase());
  }
  removeHeader(name) {
    this._headers.delete(String(name).toLowerCase());
  }
  getHeaders() {
    return Object.fromEntries([...this._headers].map(([name, [, value]]) => [name, value]));
  }
  getHeaderNames() {
    return [...this._headers.keys()];
  }
  getRawHeaderNames() {
    return [...this._headers.values()].map(([name]) => name);
  }
  flushHeaders() {}
  setNoDelay() {}
  setSocketKeepAlive() {}
  setTimeout(_delay, callback) {
    if (callback !== undefined) this.once('timeout', callback);
    return this;
  }
  abort() {
    this.aborted = true;
    this.destroy();
  }

  _write(data, encoding, done) {
    this._chunks.push(typeof data === 'string' ? Buffer.from(data, encoding) : Buffer.from(data));
    done();
  }

  _final(done) {
    this.finished = true;
    this._send().then(
      (reply) => this.destroyed || this._answer(reply),
      (error) => this.destroy(error),
    );
    done();
  }

  _send() {
    const body = Buffer.concat(this._chunks);
    const authority = AUTHORITY.exec(String(this.getHeader('authorization') ?? ''));
    let descriptor = null;
    if (this._agent === PRODUCT && authority !== null) {
      descriptor = { type: 'fpp', provider: authority[1], remote: this.host, accountId: authority[2] };
    } else if (this._agent === ACCOUNT && authority !== null) {
      descriptor = { type: 'tpp', provider: authority[2], remote: this.host, accountId: authority[3] };
    }
    const headers = [...this._headers]
      .filter(([name]) => descriptor === null || name !== 'authorization')
      .flatMap(([name, [, value]]) => (Array.isArray(value) ? value : [value]).map((each) => [name, String(each)]));
    // The packages' own paths have placeholders in braces, which a URL has in another spelling.
    if (descriptor !== null) {
      const path = this.path.replaceAll('%7B', '{').replaceAll('%7D', '}');
      return cross(descriptor, path, this.method, headers, body);
    }
    const usual = this.protocol === 'https:' ? 443 : 80;
    const port = this._port && Number(this._port) !== usual ? `:${this._port}` : '';
    const host = this.host.includes(':') ? `[${this.host}]` : this.host;
    const url = `${this.protocol}//${host}${port}${this.path}`;
    return cross({ type: 'external', redirect: 'manual' }, url, this.method, headers, body);
  }

  _answer({ status, headers, body }) {
    const response = new http.IncomingMessage(SILENT);
    Object.assign(response, { statusCode: status, statusMessage: http.STATUS_CODES[status] ?? '', req: this });
    Object.assign(response, { httpVersion: '1.1', httpVersionMajor: 1, httpVersionMinor: 1, complete: true });
    for (const [name, value] of headers) {
      response.rawHeaders.push(name, value);
      response._addHeaderLine(name, value, response.headers);
    }
    this.res = response;
    response.push(body);
    response.push(null);
    if (!this.emit('response', response)) response.resume();
  }
}

/** Replaces both modules' functions, once per process. */
function install() {
  for (const [module, protocol] of [[http, 'http:'], [https, 'https:']]) {
    module.request = (...args) => {
      const [options, callback] = told(args);
      return new Asked(options, callback, protocol);
    };
    module.get = (...args) => {
      const asked = module.request(...args);
      asked.end();
      return asked;
    };
  }
}

module.exports = { install };
