// Reads a bundle and puts probes into the app's own part of it; runs behind walls, before the app does. Input and output
// are JSON: {code, map, entry, marker, probes} gives {code, units, lines, excluded, dynamic, trees}.
//
// A unit is a statement, an arm of `if` (the one that is not written too), an operand of `&&`, `||` and `??`, an arm of a
// ternary, a default value, the body of an arrow function, what a `?.` leads to, a field: whatever may be skipped. Its
// probe is `MARKER[n]=1`, where it ends: an error halfway through skips the rest, and nothing else would tell. A last
// call is about to be made there; whether it comes back is told elsewhere. Lines stay, and units are named by the source
// map. What packages bring is no code of the app, and has none: the bundler says before each file's statements where
// they come from. Its source map does not decide that, for it repeats what the source maps that files bring along claim.
'use strict';

const fs = require('node:fs');
const { SourceMap } = require('node:module');
const { treesOf } = require('./tree.cjs');
const { parse } = require('internal/deps/acorn/acorn/dist/acorn'); // Node's own parser, by --expose-internals

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression', 'ClassExpression']);
const SILENT = new Set(['FunctionDeclaration', 'EmptyStatement']);
const ATOMS = new Set(['ArrowFunctionExpression', 'FunctionExpression', 'Identifier', 'Literal', 'ThisExpression']);
const ENDS = new Set(['ClassDeclaration', 'ExpressionStatement', 'VariableDeclaration']);
const ACTS = new Set([
  'AwaitExpression', 'CallExpression', 'ImportExpression', 'NewExpression', 'TaggedTemplateExpression', 'YieldExpression',
]);
const LOOPS = new Set(['ForInStatement', 'ForOfStatement', 'WhileStatement']);
// Names, modules and members by which code comes about that is in no file, where no probe is.
const MAKES_CODE = new Set(['eval', 'Function', 'WebAssembly']);
const MODULES = new Set(['vm', 'module', 'inspector', 'inspector/promises', 'repl', 'wasi', 'worker_threads']);

// Where npm installs for an app: beside its code or above it. Elsewhere in the app a folder of that name is its own.
const PACKAGE = /^(\.\.\/)+(.*\/)?node_modules\/|^node_modules\//;
const DATA = /^</; // code that an import spells out

const given = JSON.parse(fs.readFileSync(0, 'utf8'));
const map = new SourceMap(given.map);
const starts = [0];
for (let at = given.code.indexOf('\n'); at >= 0; at = given.code.indexOf('\n', at + 1)) starts.push(at + 1);

const files = []; // where the statements of each file begin
const units = [];
const taken = new Map();
const opening = new Map();
const closing = new Map();
const ends = new Map(); // node → what is put where, once all within it has its probes
const helpers = new Set(); // what the bundler calls to put modules together; no name of the app's is one of these
const dynamic = new Set();

function place(offset) {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  return [low, offset - starts[low]];
}

/** The file that the bundler names for this place; null before the first, where its own helpers stand. */
function fileAt(offset) {
  let low = 0;
  let high = files.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (files[middle].start <= offset) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : files[low - 1].file;
}

function isOwn(file) {
  return file !== null && file !== given.entry && (DATA.test(file) || !PACKAGE.test(file));
}

/** `{file, line, column}` of the app's own source, or null for what is not. */
function origin(offset) {
  const file = fileAt(offset);
  if (!isOwn(file)) return null;
  const [line, column] = place(offset);
  const found = map.findEntry(line, column);
  // A map that says nothing hides nothing: then the place is that of the bundle.
  const known = found.originalSource !== undefined;
  return { file, line: (known ? found.originalLine : line) + 1, column: known ? found.originalColumn : column };
}

function probe(node, kind, from) {
  const name = `${from.file}:${from.line}:${from.column}${kind ? ` ${kind}` : ''}`;
  const before = (taken.get(name) ?? 0) + 1;
  taken.set(name, before);
  units.push(before === 1 ? name : `${name} #${before}`);
  return `${given.marker}[${units.length - 1}]=1`;
}

function put(where, key, text) {
  const here = where.get(key);
  if (here === undefined) where.set(key, [text]);
  else here.push(text);
}

function behind(node, text, at = node.end) {
  put(ends, node, [at, text]);
}

/** The call that is the last thing that comes of a value; null where something else is. */
function lastCall(node) {
  if (node.type === 'AwaitExpression') return lastCall(node.argument);
  return node.type === 'CallExpression' || (node.type === 'NewExpression' && node.arguments.length) ? node : null;
}

/** What of a value is computed last, where that is known: the left operand, for the others are units, and so are arms. */
function lastOf(node) {
  switch (node.type) {
    case 'LogicalExpression':
      return node.left;
    case 'ConditionalExpression':
      return node.test;
    case 'SequenceExpression':
      return node.expressions.at(-1);
    case 'AssignmentExpression':
      return node.operator === '=' && isTold(node.right) ? node.right : null;
    case 'AwaitExpression':
      return node.argument;
    default:
      return null;
  }
}

function isTold(node) {
  return lastCall(node) !== null || lastOf(node) !== null;
}

/** The probe behind the arguments of a call, whose number stays. */
function calling(call, text) {
  behind(call, `${call.arguments.length ? ',' : ''}...(${text},[])`, call.end - 1);
}

/** The probe where a value is computed: `[value,MARKER[n]=1][0]`, or before its last call. */
function computing(node, text) {
  if (lastCall(node) !== null) calling(lastCall(node), text);
  else if (lastOf(node) !== null) computing(lastOf(node), text);
  else if (ATOMS.has(node.type)) {
    put(opening, node.start, `(${text},`);
    behind(node, ')');
  } else {
    put(opening, node.start, '[');
    behind(node, `,${text}][0]`);
  }
}

/** The probe of a value. A function is made without anything that could go wrong, and told of where it runs. */
function value(node, kind) {
  const from = node && !FUNCTIONS.has(node.type) ? origin(node.start) : null;
  if (from !== null) computing(node, probe(node, kind, from));
}

/** The probe of a statement: where it ends, or before one that has statements within. */
function stating(node, text) {
  let inner = node;
  while (inner.type === 'LabeledStatement') inner = inner.body;
  const made = inner.type === 'VariableDeclaration' ? inner.declarations.at(-1).init : (inner.expression ?? inner.argument);
  const leaves = inner.type === 'ReturnStatement' || inner.type === 'ThrowStatement';
  if (made && (leaves || isTold(made))) computing(made, text);
  else if (ENDS.has(inner.type)) behind(inner, `${text};`);
  else put(opening, node.start, `${text};`);
}

/** The bundler's own statement: declarations without a value, and calls that put modules together. */
function isGlue(node) {
  if (node.type === 'ExpressionStatement') return isGlueCall(node.expression);
  return node.type === 'VariableDeclaration' && node.declarations.every(({ init }) => init === null || isGlueCall(init));
}

function isGlueCall(node) {
  return node.type === 'CallExpression' && node.callee.type === 'Identifier' && helpers.has(node.callee.name);
}

/** Probes before the statements of a list; one in the list itself where it has none that could have one. */
function list(body, start) {
  let any = false;
  for (const each of body) {
    const from = SILENT.has(each.type) || each.directive !== undefined || isGlue(each) ? null : origin(each.start);
    if (from === null) continue;
    stating(each, probe(each, '', from));
    any = true;
  }
  const from = any || start === null ? null : origin(start);
  if (from !== null) {
    const told = body.filter((each) => each.directive !== undefined);
    put(opening, told.length ? told.at(-1).end : start + 1, `${probe(null, 'empty', from)};`);
  }
}

/** Where a statement has its place in the source map: an `if` behind an `else` has none but that of its condition. */
function standing(node) {
  return node.type === 'IfStatement' ? node.test.start : node.start;
}

/** A body that is no block becomes one. */
function arm(node, kind) {
  if (node.type === 'BlockStatement') return;
  const from = origin(standing(node));
  if (from === null) return;
  put(opening, node.start, '{');
  stating(node, probe(node, kind, from));
  behind(node, '}');
}

/** What a `?.` leads to, where that does anything: the last call in its chain, or the last name that is computed. */
function chain(node) {
  let last = null;
  for (let each = node.expression; each !== undefined; each = each.callee ?? each.object) {
    if (last === null && (each.type === 'CallExpression' || (each.computed && acts(each.property)))) last = each;
    if (each.optional) break;
  }
  const from = last === null ? null : origin(node.start);
  if (from === null) return;
  const text = probe(node, '?.', from);
  if (last.type === 'CallExpression') calling(last, text);
  else computing(last.property, text);
}

/** Whether a value makes a call or waits. */
function acts(node) {
  if (FUNCTIONS.has(node.type)) return false;
  if (ACTS.has(node.type)) return true;
  return Object.values(node).some((each) => [each].flat().some((child) => typeof child?.type === 'string' && acts(child)));
}

/** The probe of a value that is there to do something. */
function acting(node, kind) {
  if (node && acts(node)) value(node, kind);
}

function nameOf({ property, computed }) {
  return computed ? property.value : property.name;
}

function tell(node) {
  const from = origin(node.start);
  if (from !== null) dynamic.add(`${from.file}:${from.line}`);
}

function before(node) {
  switch (node.type) {
    case 'Program':
      list(node.body, null);
      break;
    case 'BlockStatement':
      list(node.body, node.start);
      break;
    case 'StaticBlock':
      list(node.body, null);
      break;
    case 'SwitchCase':
      acting(node.test, 'case');
      list(node.consequent, null);
      break;
    case 'PropertyDefinition':
      value(node.value, 'field');
      break;
    case 'ClassDeclaration':
    case 'ClassExpression':
      acting(node.superClass, 'extends');
      for (const each of node.body.body) if (each.computed) acting(each.key, 'name');
      break;
    case 'ChainExpression':
      chain(node);
      break;
    case 'WithStatement':
      arm(node.body, 'with');
      break;
    case 'ForStatement':
      acting(node.update, 'update');
      arm(node.body, 'loop');
      break;
    case 'DoWhileStatement':
      acting(node.test, 'again');
      arm(node.body, 'loop');
      break;
    case 'IfStatement':
      arm(node.consequent, 'if');
      if (node.alternate) arm(node.alternate, 'else');
      break;
    case 'LogicalExpression':
      if (node.left.type !== 'Literal') value(node.right, node.operator); // the bundler's own `0 && …` never runs
      break;
    case 'ConditionalExpression':
      value(node.consequent, '?');
      value(node.alternate, ':');
      break;
    case 'AssignmentPattern':
      value(node.right, 'default');
      break;
    case 'AssignmentExpression':
      if (['&&=', '||=', '??='].includes(node.operator)) value(node.right, node.operator);
      break;
    case 'ArrowFunctionExpression':
      if (node.body.type !== 'BlockStatement') value(node.body, '=>');
      break;
    case 'Identifier':
      if (MAKES_CODE.has(node.name)) tell(node);
      break;
    case 'Literal':
      if (typeof node.value === 'string' && MODULES.has(node.value.replace(/^node:/, ''))) tell(node);
      break;
    case 'CallExpression':
    case 'NewExpression':
      if (node.callee.type === 'MemberExpression' && nameOf(node.callee) === 'constructor') tell(node);
      break;
    default:
      if (LOOPS.has(node.type)) arm(node.body, 'loop');
  }
}

/** The arm that is not written comes behind whatever closes the other one. */
function after(node) {
  if (node.type !== 'IfStatement' || node.alternate) return;
  const from = origin(standing(node));
  if (from !== null) put(closing, node.consequent.end, `else{${probe(node, 'else', from)}}`);
}

function walk(node, isName) {
  if (isGlueCall(node) && /^__export\d*$/.test(node.callee.name)) return; // getters of what modules export
  if (!isName) before(node);
  for (const [key, child] of Object.entries(node)) {
    const named = (key === 'property' || key === 'key') && !node.computed;
    for (const each of Array.isArray(child) ? child : [child]) if (each && typeof each.type === 'string') walk(each, named);
  }
  after(node);
  for (const [at, text] of ends.get(node) ?? []) put(closing, at, text);
}

function probed() {
  const places = [...new Set([...opening.keys(), ...closing.keys()])].sort((a, b) => a - b);
  const parts = [];
  let at = 0;
  for (const here of places) {
    parts.push(given.code.slice(at, here), ...(closing.get(here) ?? []), ...(opening.get(here) ?? []));
    at = here;
  }
  return [...parts, given.code.slice(at)].join('');
}

/** Line of the bundle → `src/index.ts:12`, for lines of the app's own. */
function ownLines() {
  const lines = {};
  for (let line = 0; line < starts.length; line += 1) {
    const text = given.code.slice(starts[line], starts[line + 1] ?? given.code.length);
    const from = text.trim() ? origin(starts[line] + text.search(/\S/)) : null;
    if (from !== null) lines[line + 1] = `${from.file}:${from.line}`;
  }
  return lines;
}

function packages() {
  const foreign = files.map(({ file }) => file).filter((file) => !isOwn(file));
  const named = foreign.map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);
  return [...new Set(named.filter((name) => name !== undefined))].sort();
}

const comments = [];
const tree = parse(given.code, {
  ecmaVersion: 'latest', allowReturnOutsideFunction: true, allowHashBang: true, onComment: comments,
});
// Comments of the app's that the bundler keeps stand within its statements.
const inside = tree.body.map(({ start, end }) => [start, end]);
for (const { type, value: said, start } of comments) {
  while (inside.length && inside[0][1] <= start) inside.shift();
  if (type === 'Line' && said.startsWith(' ') && !(inside.length && inside[0][0] < start)) {
    files.push({ file: said.slice(1), start });
  }
}
for (const each of tree.body) {
  if (fileAt(each.start) !== null) break;
  for (const { id } of each.declarations ?? []) if (id.type === 'Identifier') helpers.add(id.name);
}
walk(tree, false);
const answer = {
  code: given.probes ? probed() : given.code,
  units: given.probes ? units : [],
  lines: ownLines(),
  excluded: packages(),
  dynamic: [...dynamic].sort(),
  trees: treesOf(tree, origin, isGlue),
};
const text = Buffer.from(JSON.stringify(answer));
for (let at = 0; at < text.length; ) at += fs.writeSync(1, text, at);
