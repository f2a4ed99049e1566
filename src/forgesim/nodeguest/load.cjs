// Loads the app's handlers: each handler file is a module instance of its own, as on the platform.
'use strict';

const { createRequire, _cache: cache } = require('node:module');
const { pathToFileURL } = require('node:url');
const coverage = require('./coverage.cjs');
const failure = require('./failure.cjs');
const scripts = require('./scripts.cjs');

const WRAPPED = ['exports', 'require', 'module', '__filename', '__dirname'];

class HandlerNotFound extends Error {
  name = 'HandlerNotFound';
}

const keysOf = new WeakMap();

/** What the host's bundles call with the app's own Resolver class: a handler's resolver keys are known by this alone. */
function watchResolver(exported) {
  const Resolver = exported?.default ?? exported;
  const real = Resolver?.prototype?.getDefinitions;
  if (typeof real !== 'function') return;
  Resolver.prototype.getDefinitions = function (...args) {
    const handler = Reflect.apply(real, this, args);
    if (this.functions !== null && typeof this.functions === 'object') keysOf.set(handler, this.functions);
    return handler;
  };
}

/** Compiles what is there as bundles, running nothing of it. A bundle that is no JavaScript fails when it is loaded. */
function prepare(image) {
  for (const module of Object.values(image.modules)) {
    if (module.code === undefined) continue;
    failure.know(`bundle/${module.path}`, module.lines ?? {});
    try {
      module.run = coverage.compile(module, WRAPPED);
    } catch (error) {
      module.broken = error;
    }
    module.code = undefined;
  }
}

const UNBUNDLED =
  'it ran without a bundler, and Forge bundles every app: npm install --no-save esbuild in its folder';

/** What a file threw that nothing bundled: as it stands, Node may see it otherwise than Forge would. */
function told(error, module) {
  if (!module.run && error instanceof Error && !(error instanceof HandlerNotFound)) {
    try {
      error.message = `${error.message} (${UNBUNDLED})`;
    } catch {
      // its message is not to be written
    }
  }
  return error;
}

async function exportsOf(module, root) {
  const file = `${root}/${module.path}`;
  const required = createRequire(file);
  if (module.broken) throw module.broken;
  if (module.run) {
    const made = { exports: {} };
    Reflect.apply(module.run, made.exports, [made.exports, required, made, file, file.slice(0, file.lastIndexOf('/'))]);
    return made.exports;
  }
  for (const name of Object.keys(cache)) delete cache[name];
  try {
    watchResolver(required('@forge/resolver'));
  } catch {
    // an app without that package has no resolvers of it
  }
  try {
    return required(file);
  } catch (error) {
    if (error?.code !== 'ERR_REQUIRE_ESM' && error?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    return import(pathToFileURL(file).href);
  }
}

/** Loads every handler: `{handlers: Map, errors: Map}` by function key; each file is run once. */
async function load(image) {
  const handlers = new Map();
  const errors = new Map();
  const found = new Map();
  globalThis.__forgesim_resolver__ = watchResolver;
  if (Object.values(image.modules).some((module) => module.units?.length)) scripts.watch(image.root);
  for (const [key, { module, name }] of Object.entries(image.functions)) {
    try {
      if (!found.has(module)) found.set(module, exportsOf(image.modules[module], image.root));
      const exported = await found.get(module);
      const handler = exported[name] ?? exported.default?.[name];
      if (typeof handler !== 'function') {
        throw new HandlerNotFound(`${image.modules[module].path} exports no function ${name}, the handler of ${key}`);
      }
      handlers.set(key, handler);
    } catch (error) {
      errors.set(key, told(error, image.modules[module]));
    }
  }
  delete globalThis.__forgesim_resolver__;
  return { handlers, errors };
}

/** The resolver keys of a handler, or null for a plain function. */
function resolverKeys(handler) {
  const functions = keysOf.get(handler);
  return functions === undefined ? null : Object.keys(functions);
}

module.exports = { load, prepare, resolverKeys };
