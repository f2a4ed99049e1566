const crypto = require('crypto');
const { seen } = require('./times.js');

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const questions = {
  seen: () => ({ seen: seen() }),

  time: async () => {
    const began = [Date.now(), performance.now(), process.hrtime.bigint()];
    await sleep(30_000);
    await require('timers/promises').setTimeout(1000);
    let ticks = 0;
    await new Promise((resolve) => {
      const timer = setInterval(() => {
        ticks += 1;
        if (ticks === 3) resolve(clearInterval(timer));
      }, 500);
    });
    return {
      date: new Date().toISOString(),
      shown: new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', dateStyle: 'short' }).format(),
      passed: Date.now() - began[0],
      counted: performance.now() - began[1],
      nanos: String(process.hrtime.bigint() - began[2]),
    };
  },

  order: async () => {
    const order = [];
    setTimeout(() => order.push('later'), 20);
    setTimeout(() => { order.push('first'); Promise.resolve().then(() => order.push('its promise')); }, 10);
    setTimeout(() => order.push('second'), 10);
    setImmediate(() => order.push('immediate'));
    process.nextTick(() => order.push('tick'));
    await sleep(30);
    return order;
  },

  real_work: async () => {
    const deflate = require('util').promisify(require('zlib').deflate);
    const scrypt = require('util').promisify(crypto.scrypt);
    const bytes = await deflate('a'.repeat(1000));
    const file = await require('fs/promises').readFile(__filename, 'utf8');
    return { bytes: bytes.length, key: (await scrypt('a', 'b', 8)).toString('hex'), read: file.length > 100 };
  },

  webassembly: async () => {
    const add = Buffer.from('AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABagsACgRuYW1lAgMBAAA=', 'base64');
    const { instance } = await WebAssembly.instantiate(add);
    return instance.exports.add(2, 3);
  },

  chance: () => [
    Math.random(), crypto.randomUUID(), crypto.randomBytes(4).toString('hex'), crypto.randomInt(1000),
    [...globalThis.crypto.getRandomValues(new Uint8Array(3))], [...crypto.getRandomValues(new Uint16Array(2))],
    crypto.webcrypto.randomUUID(),
  ],

  says: () => {
    console.debug('d %d', 1);
    console.log({ a: [1] });
    console.warn('w');
    console.error(new Error('e').message);
    process.stdout.write('out\nrest');
    return null;
  },

  machine: () => [process.pid, require('os').hostname(), require('os').cpus().length, Object.keys(process.env), process.cwd()],

  throws: () => { throw new RangeError('too far'); },

  throws_later: () => new Promise(() => { setTimeout(() => { throw new TypeError('from a timer'); }, 10); }),

  rejects_unseen: () => new Promise(() => { Promise.reject(new Error('nobody waits')); }),

  replaces_emit: async () => {
    'use strict';
    process.emit = () => true;
    process.removeAllListeners();
    await sleep(10);
    return 'rested';
  },

  never: () => new Promise(() => undefined),

  leaves_a_timer: () => { setTimeout(() => undefined, 1000); return 'done'; },

  leaves_a_request: () => { fetch('https://example.org/a').catch(() => undefined); return 'done'; },

  leaves_two: () => { fetch('https://example.org/a').then(() => fetch('https://example.org/b')); return 'done'; },

  leaves_an_error: () => { fetch('https://example.org/a').then(() => { throw new RangeError('late'); }); return 'done'; },

  leaves_the_process: () => { fetch('https://example.org/a').then(() => process.exit(3)); return 'done'; },

  exits: () => process.exit(3),

  eats_memory: () => { const all = []; for (;;) all.push(new Array(10_000).fill(0.5)); },

  circle: () => { const a = {}; a.a = a; return a; },

  fetches: async () => (await fetch('https://example.org/x?y=1', { method: 'POST', body: 'b' })).headers.get('forge-proxy-error'),

  requests: () =>
    new Promise((resolve, reject) => {
      const asked = require('https').request('https://example.org:8443/x', { method: 'PUT' }, (response) => {
        response.resume().on('end', () => resolve(response.headers['forge-proxy-error']));
      });
      asked.on('error', reject).end('b');
    }),

  clear_text: () =>
    new Promise((resolve, reject) =>
      require('http').get('http://example.org/', (r) => resolve(r.headers['forge-proxy-error'])).on('error', reject)),

  aborts: async () => {
    try {
      await fetch('https://example.org/', { signal: AbortSignal.timeout(10) });
      return 'answered';
    } catch (error) {
      return error.name;
    }
  },

  forges: async ({ token }) => {
    const frame = { t: 'fetch', id: 0, inv: 'inv-9.9', token, descriptor: { type: 'log' }, path: 'info', method: 'POST' };
    const head = Buffer.from(JSON.stringify(frame));
    const lengths = Buffer.alloc(8);
    lengths.writeUInt32LE(head.length, 0);
    require('fs').writeSync(3, Buffer.concat([lengths, head]));
    return 'sent';
  },
};

exports.ask = async (event) => questions[event.question](event);
