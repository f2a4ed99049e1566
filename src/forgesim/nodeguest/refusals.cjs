// What the app tries against its walls, in words, with the destination and the app's line. This explains; the kernel is
// the wall, and refuses whatever gets past here.
'use strict';

const childProcess = require('node:child_process');
const dgram = require('node:dgram');
const dns = require('node:dns');
const fs = require('node:fs');
const inspector = require('node:inspector');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const v8 = require('node:v8');
const workers = require('node:worker_threads');
const { fileURLToPath } = require('node:url');
const { appLine } = require('./failure.cjs');
const seam = require('./seam.cjs');

const MOST = 1000;
const { resolve } = path;
const state = { left: MOST, root: '', own: __dirname };

function tell(event, what, refused = true, line = appLine()) {
  if (state.left > 0) {
    state.left -= 1;
    seam.queue({ t: 'violation', event, what: what.slice(0, 4000), line, refused });
    seam.flush(); // the process may die of what comes next
  }
  return line;
}

function stop(event, what) {
  const line = tell(event, what);
  const place = line === null ? '' : ` (${line})`;
  const error = new Error(`EPERM: the app may reach the outside through the Forge API only: ${what}${place}`);
  error.code = 'EPERM';
  throw error;
}

/** Has `owner.name` refuse: what `say` makes of its arguments is told; where that is null, it is let through. */
function refuse(owner, name, event, say) {
  const real = owner?.[name];
  if (typeof real !== 'function') return;
  const guard = function (...args) {
    const what = say(args);
    if (what !== null) stop(event, what);
    return Reflect.apply(real, this, args);
  };
  replace(owner, name, Object.assign(guard, real));
}

/** Has `owner.name` be told of and then let through to the kernel, which refuses it. */
function explain(owner, name, say) {
  const real = owner?.[name];
  if (typeof real !== 'function') return;
  const guard = function (...args) {
    const what = say(args);
    if (what !== null) tell('open', what);
    return Reflect.apply(real, this, args);
  };
  replace(owner, name, Object.assign(guard, real));
}

function replace(owner, name, value) {
  const { enumerable = true } = Object.getOwnPropertyDescriptor(owner, name) ?? {};
  Object.defineProperty(owner, name, { configurable: true, enumerable, writable: true, value });
}

function quoted(value) {
  return `'${String(value)}'`;
}

// --- the network ------------------------------------------------------------------------------------------------------

function peer(args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (first !== null && typeof first === 'object') {
    return first.path && !first.port ? `unix:${first.path}` : `${first.host ?? first.hostname ?? 'localhost'}:${first.port}`;
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return `unix:${first}`;
  return `${typeof second === 'string' ? second : 'localhost'}:${first}`;
}

function datagram(args) {
  const named = args.filter((each) => typeof each === 'string').at(-1) ?? 'localhost';
  const numbers = args.filter((each) => typeof each === 'number');
  return `send to ${named}:${numbers.at(-1)}`;
}

function closeNetwork() {
  refuse(net.Socket.prototype, 'connect', 'socket.connect', (args) => `connect to ${peer(args)}`);
  refuse(net.Server.prototype, 'listen', 'socket.bind', (args) => `listen at ${peer(args)}`);
  refuse(dgram.Socket.prototype, 'send', 'socket.sendto', datagram);
  refuse(dgram.Socket.prototype, 'connect', 'socket.connect', (args) => `connect to ${args[1] ?? 'localhost'}:${args[0]}`);
  refuse(dgram.Socket.prototype, 'bind', 'socket.bind', (args) => `listen at ${peer(args)}`);
  const resolvers = [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype];
  for (const owner of resolvers) {
    for (const name of Object.getOwnPropertyNames(owner).concat(Object.getOwnPropertyNames(Object.getPrototypeOf(owner)))) {
      if (!/^(?:lookup|resolve|reverse)/.test(name)) continue;
      refuse(owner, name, 'socket.getaddrinfo', ([host]) => `look up the host ${quoted(host)}`);
    }
  }
  for (const name of ['WebSocket', 'EventSource']) {
    if (globalThis[name] === undefined) continue;
    globalThis[name] = class {
      constructor(url) {
        stop('socket.connect', `connect to ${url}`);
      }
    };
  }
}

// --- processes, threads, native code ----------------------------------------------------------------------------------

function closeProcesses() {
  for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) {
    refuse(childProcess, name, 'subprocess.Popen', ([file]) => `run the program ${quoted(file)}`);
  }
  const started = ([options]) => `run the program ${quoted(options?.file)}`;
  refuse(childProcess.ChildProcess.prototype, 'spawn', 'subprocess.Popen', started);
  refuse(process, 'execve', 'os.exec', ([file]) => `become the program ${quoted(file)}`);
  refuse(process, 'kill', 'os.kill', ([pid, signal]) => (pid === process.pid ? null : `send signal ${signal} to process ${pid}`));
  refuse(process, '_debugProcess', 'os.kill', ([pid]) => `debug the process ${pid}`);
  refuse(process, 'dlopen', 'ctypes.dlopen', ([, file]) => `load the native library ${quoted(file)}`);
  refuse(process, 'binding', 'process.binding', ([name]) => `reach into Node's own ${name}`);
  refuse(process, '_linkedBinding', 'process.binding', ([name]) => `reach into Node's own ${name}`);
  refuse(inspector, 'open', 'socket.bind', (args) => `listen at ${args[1] ?? '127.0.0.1'}:${args[0] ?? 9229} for a debugger`);
  const Worker = class {
    constructor(file) {
      stop('worker_threads.Worker', `start a thread with ${quoted(file).slice(0, 200)}`);
    }
  };
  replace(workers, 'Worker', Worker);
}

// --- files ------------------------------------------------------------------------------------------------------------

const WRITES = [
  'appendFile', 'chmod', 'chown', 'cp', 'createWriteStream', 'lchown', 'link', 'lutimes', 'mkdir', 'mkdtemp', 'rename', 'rm',
  'rmdir', 'symlink', 'truncate', 'unlink', 'utimes', 'writeFile',
]; // prettier-ignore
const READS = ['createReadStream', 'opendir', 'readFile', 'readdir'];
const WRITING = fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_TRUNC | fs.constants.O_APPEND;

function nameOf(file) {
  if (typeof file === 'number' || file === undefined || file === null) return null;
  if (file instanceof URL) return file.protocol === 'file:' ? fileURLToPath(file) : String(file);
  return String(file);
}

function isOwn(name) {
  const whole = resolve(name);
  return [state.root, state.own, '/dev/null'].some((root) => whole === root || whole.startsWith(`${root}/`));
}

function reads([file]) {
  const name = nameOf(file);
  return name === null || isOwn(name) ? null : `read ${quoted(name)}`;
}

function writes([file]) {
  const name = nameOf(file);
  return name === null || name === '/dev/null' ? null : `write to ${quoted(name)}`;
}

function opens([file, flags = 'r']) {
  const writing = typeof flags === 'number' ? (flags & WRITING) !== 0 : /[wa+]/.test(String(flags));
  return writing ? writes([file]) : reads([file]);
}

function explainFiles() {
  const copied = ([, to]) => writes([to]);
  for (const [owner, endings] of [[fs, ['', 'Sync']], [fs.promises, ['']]]) {
    for (const ending of endings) {
      for (const name of WRITES) explain(owner, `${name}${ending}`, writes);
      for (const name of READS) explain(owner, `${name}${ending}`, reads);
      explain(owner, `open${ending}`, opens);
      explain(owner, `copyFile${ending}`, copied);
    }
  }
  explain(v8, 'writeHeapSnapshot', ([file]) => `write to ${quoted(file ?? 'a heap snapshot')}`);
  explain(process.report, 'writeReport', ([file]) => `write to ${quoted(file ?? 'a report')}`);
}

// --- the machine ------------------------------------------------------------------------------------------------------

function hideMachine() {
  const cpu = { model: '', speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } };
  Object.assign(os, {
    hostname: () => 'forge',
    release: () => '',
    version: () => '',
    homedir: () => '/',
    tmpdir: () => '/tmp',
    loadavg: () => [0, 0, 0],
    freemem: () => 2 ** 28,
    totalmem: () => 2 ** 29,
    networkInterfaces: () => ({}),
    availableParallelism: () => 2,
    cpus: () => [cpu, cpu],
    userInfo: () => ({ uid: 1000, gid: 1000, username: 'sandbox', homedir: '/', shell: null }),
  });
  for (const [name, value] of [['pid', 2], ['ppid', 1], ['title', 'node'], ['execPath', '/usr/bin/node']]) {
    Object.defineProperty(process, name, { configurable: true, enumerable: true, writable: true, value });
  }
  process.argv = ['/usr/bin/node', 'index.js'];
  process.execArgv = [];
}

/** Once per process. `root`: the app folder, which may be read; `explains`: whether to tell of what the walls refuse. */
function install(root, explains) {
  state.root = root;
  hideMachine();
  if (!explains) return;
  closeNetwork();
  closeProcesses();
  explainFiles();
}

module.exports = { install, tell };
