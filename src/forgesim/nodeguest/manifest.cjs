// Asks the @forge/manifest that lies in the folder named first what it says of the manifest.yml here, and prints that as
// the last line: its version and each problem, or why it fails. Run behind walls: the package is the app's, and no more
// trusted.
'use strict';

const { join } = require('node:path');

const asked = async (folder) => {
  const { version } = require(join(folder, 'package.json'));
  const { errors } = await require(folder).validate();
  return {
    version,
    problems: (errors ?? []).map(({ message, level, line, column }) => ({ message, level, line, column })),
  };
};

asked(process.argv[2])
  .catch((error) => ({ failed: String(error) }))
  .then((found) => process.stdout.write(`\n${JSON.stringify(found)}`));
