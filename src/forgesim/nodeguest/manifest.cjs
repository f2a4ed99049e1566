// Asks the @forge/manifest that lies in the folder named first what it says of the manifest.yml here, and prints that as
// the last line: its version, and each problem. Run behind walls: the package is the app's, and no more trusted.
'use strict';

const { join } = require('node:path');

(async () => {
  const folder = process.argv[2];
  const { version } = require(join(folder, 'package.json'));
  const { errors } = await require(folder).validate();
  const problems = (errors ?? []).map(({ message, level, line, column }) => ({ message, level, line, column }));
  process.stdout.write(`\n${JSON.stringify({ version, problems })}`);
})();
