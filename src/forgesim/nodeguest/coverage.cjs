// Which of the app's units ran. A bundle with probes is compiled as a function within one that holds its array of hits:
// the name under which probes know it stands nowhere that the app could tell before it runs. Nothing here calls what the
// app may have replaced.
'use strict';

const vm = require('node:vm');

const { compileFunction } = vm;
const importModuleDynamically = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
const arrays = [];
const shipped = [];

/** The function of a bundle that takes `names`. `units`: the number of the unit of each of its probes. */
function compile({ code, path, marker, units }, names) {
  const options = { filename: `bundle/${path}`, importModuleDynamically };
  if (!units?.length) return compileFunction(code, names, options);
  const hits = new Uint8Array(units.length);
  arrays[arrays.length] = { hits, units };
  const within = `return function (${names.join(', ')}) {\n${code}\n}`;
  return compileFunction(within, [marker], { ...options, lineOffset: -1 })(hits);
}

/** The units first hit since the last call. */
function fresh() {
  const found = [];
  for (let number = 0; number < arrays.length; number += 1) {
    const { hits, units } = arrays[number];
    for (let at = 0; at < units.length; at += 1) {
      if (hits[at] !== 1) continue;
      hits[at] = 2;
      if (shipped[units[at]]) continue;
      shipped[units[at]] = true;
      found[found.length] = units[at];
    }
  }
  return found;
}

module.exports = { compile, fresh };
