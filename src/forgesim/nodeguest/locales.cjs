// The app's translations, where @forge/api reads them: files that the platform makes of the manifest when an app is
// deployed, so that they lie in no app's folder.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

/** Answers for `files` (name → text) in `folder`; whatever else is read is read. */
function install(folder, files) {
  const { readFile } = fs.promises;
  const known = new Map(Object.entries(files).map(([name, text]) => [path.join(folder, name), text]));
  if (!known.size) return;
  fs.promises.readFile = async function (file, options) {
    const text = typeof file === 'string' ? known.get(path.resolve(file)) : undefined;
    if (text === undefined) return Reflect.apply(readFile, this, [file, options]);
    const encoding = typeof options === 'string' ? options : options?.encoding;
    return encoding ? Buffer.from(text).toString(encoding) : Buffer.from(text);
  };
}

module.exports = { install };
