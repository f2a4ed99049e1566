// The app's own part of a bundle as a syntax tree for the host, which reads what conditions ask for and runs nothing of it:
// nodes as the parser has them, with the line and column of the app's source in place of offsets.
'use strict';

const DEEPEST = 100; // nodes within each other: the reader of the tree has a stack of its own
const DROPPED = new Set(['start', 'end', 'raw', 'bigint', 'sourceType', 'loc', 'range']);

/** `{file: [statement, …]}`. `origin`: offset → place in the app's source, null for what is not of it; `isGlue`: whether
 * a statement is the bundler's, whose functions hold modules. */
function treesOf(program, origin, isGlue) {
  const files = {};
  const statements = (body) => {
    for (const each of body) {
      if (isGlue(each)) bodies(each, statements);
      else {
        const from = origin(each.start);
        if (from !== null) (files[from.file] ??= []).push(pruned(each, [from.line, from.column], origin, 0));
      }
    }
  };
  statements(program.body);
  return files;
}

/** The bodies of the functions that the bundler's statement holds. */
function bodies(node, statements) {
  if (node === null || typeof node !== 'object') return;
  if (node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression') {
    if (node.body.type === 'BlockStatement') statements(node.body.body);
    return;
  }
  for (const child of Object.values(node)) bodies(child, statements);
}

function pruned(node, inherited, origin, depth) {
  if (Array.isArray(node)) return node.map((each) => (each === null ? null : pruned(each, inherited, origin, depth)));
  const from = typeof node.start === 'number' ? origin(node.start) : null;
  const at = from === null ? inherited : [from.line, from.column];
  if (depth > DEEPEST) return { type: 'Deep', at };
  const kept = { at };
  for (const [key, value] of Object.entries(node)) {
    if (DROPPED.has(key)) continue;
    if (typeof value === 'bigint' || value instanceof RegExp) kept[key] = String(value);
    else kept[key] = value !== null && typeof value === 'object' ? pruned(value, at, origin, depth + 1) : value;
  }
  return kept;
}

module.exports = { treesOf };
