/** The scripts of package.json name the test files, so `npx mocha FILE` runs only that file. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { existsSync } = require("node:fs");

const harness = "dist/tests/harness";

const source = process.argv.slice(2).find((argument) => /^(\.\/)?tests\/.*\.ts$/.test(argument));
if (source !== undefined || !existsSync(harness)) {
  const compiled = source?.replace(/^(\.\/)?(.*)\.ts$/, "dist/$2.js") ?? "FILE";
  // Mocha reports an error that is thrown here as a syntax error of this file.
  console.error(`Mocha runs compiled tests: run \`npm run build\`, then \`npx mocha ${compiled}\`.`);
  process.exit(1);
}

module.exports = {
  require: [`${harness}/records-folder.js`],
  reporter: `${harness}/reporter.js`,
  "node-option": ["enable-source-maps", "disable-warning=ExperimentalWarning"],
  timeout: 60000,
  "forbid-only": true,
  parallel: true,
  // Tests also wait for processes and jobs, so more files than cores run at once.
  jobs: 4,
};
