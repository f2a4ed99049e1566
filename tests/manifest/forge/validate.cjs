// Asks the @forge/manifest in the folder named first about one manifest after the other, each written into the app folder
// named second: a JSON text a line on standard input, a JSON list of what it says a line on standard output.
'use strict';

const { readFileSync, writeFileSync } = require('node:fs');
const { ProcessorBuilder, ValidationTypes } = require(process.argv[2]);

(async () => {
  process.chdir(process.argv[3]);
  const processor = ProcessorBuilder.instance().withValidation(ValidationTypes.FULL).build();
  for (const line of readFileSync(0, 'utf8').split('\n')) {
    writeFileSync('manifest.yml', JSON.parse(line));
    const said = [];
    try {
      const { success, errors = [] } = await processor.process();
      for (const { level, message } of errors) said.push({ level, message });
      if (!success && said.length === 0) said.push({ level: 'error', message: 'no success, and nothing said' });
    } catch (error) {
      said.push({ level: 'error', message: `it throws: ${error.message}` });
    }
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
})();
