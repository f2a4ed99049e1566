// Tells of code that is in no bundle: V8 itself says what it compiles, whoever asked, by whatever way. No probe is in such
// code, so nobody sees which of it runs. On the platform there are no other files than the bundle's.
'use strict';

const { Session } = require('node:inspector');
const { fileURLToPath } = require('node:url');
const failure = require('./failure.cjs');
const { tell } = require('./refusals.cjs');

const NODE = 'node:internal/bootstrap/realm'; // where Node's own modules are compiled
const MOST = 200;

/** Node's own modules come as they are needed. Code can call itself whatever it likes, but V8 says that it does. */
function isNodes({ url, hasSourceURL, stackTrace }) {
  const by = stackTrace?.callFrames[0]?.url ?? '';
  if (url.startsWith('node:')) return !hasSourceURL && by === NODE;
  return url.startsWith('wasm:') && by.startsWith('node:internal/deps/');
}

function worded({ url }, root) {
  const file = url.startsWith('file:') ? fileURLToPath(url) : '';
  if (file.startsWith(`${root}/`)) return `loads ${file.slice(root.length + 1)}, which is in none of its bundles`;
  return url ? `runs code that is in none of its bundles: ${url.slice(0, 60)}` : 'runs code that it makes at run time';
}

/** From now on. `root`: the app folder. Call it when what is there before the app has been compiled. */
function watch(root) {
  const session = new Session();
  const told = new Set();
  let watching = false;
  session.connect();
  session.on('Debugger.scriptParsed', ({ params }) => {
    if (!watching || told.size === MOST || isNodes(params) || failure.isOfPackage()) return;
    const what = worded(params, root);
    const line = failure.appLine();
    if (told.has(`${line} ${what}`)) return;
    told.add(`${line} ${what}`);
    tell('import', what, false, line);
  });
  session.post('Debugger.enable', { maxScriptsCacheSize: 0 });
  session.post('Debugger.setSkipAllPauses', { skip: true });
  watching = true; // what was there before has been told of
}

module.exports = { watch };
