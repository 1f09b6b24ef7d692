import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect } from "chai";

import { suppressStackTexts } from "../../../provider/dynamic/resource-declaration";

const sdk = (path = "") => JSON.stringify(require.resolve(`@pulumi/pulumi${path}`));
const ours = JSON.stringify(require.resolve("../../../index"));

/** A program of one resource, in its last line, which the engine refuses. */
const programOf = (resource: string) => `const pulumi = require(${sdk()});
const dataexchange = require(${ours});
pulumi.runtime.setMocks({ newResource: () => { throw new Error("no room"); }, call: () => ({}) });
const monitor = require(${sdk("/runtime/settings")}).getMonitor();
const register = monitor.registerResource;
monitor.registerResource = function (request, done) {
  console.log("registered from line", request.getSourceposition().getLine());
  register.call(this, request, done);
};
process.on("unhandledRejection", (error) => {
  console.log(error.stack + "\\nthe promise was made" + error.promise?._debugStackTrace);
  process.exit();
});
new dataexchange.${resource}`;

const resources = {
  Job: `Job("prices", { type: "IMPORT_ASSETS_FROM_S3", details: {} });`,
  JobSet: `JobSet("prices", { jobs: {} });`,
  RevisionFinalization: `RevisionFinalization("prices", { dataSetId: "a", revisionId: "b", jobs: [] });`,
};

describe("texts of stacks", () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), "stack-texts-"))));
  after(() => rm(folder, { recursive: true }));

  async function run(resource: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const path = join(folder, "program.js");
    await writeFile(path, programOf(resource));
    const { stdout } = await promisify(execFile)(process.execPath, [path], {
      env: { ...process.env, ...env },
    });
    return stdout;
  }

  for (const [kind, resource] of Object.entries(resources)) {
    it(`name the line of the program where a ${kind} stands that is refused`, async () => {
      const written = await run(resource);
      expect(written).to.contain("registered from line 14\n");
      expect(written).to.match(/Error: failed to register new resource prices .*: no room\n/);
      expect(written).to.contain(join(folder, "program.js:14:1"));
      expect(written).to.match(/the promise was made\n$/);
    });
  }

  it("name the line where the SDK refuses a resource at once", async () => {
    const written = await run(`Job("", { type: "IMPORT_ASSETS_FROM_S3", details: {} });`).catch(String);
    expect(written).to.contain("Missing resource name").and.to.contain(join(folder, "program.js:14:1"));
  });

  it("are there for a search for promises that never end", async () => {
    const written = await run(resources.Job, { PULUMI_DEBUG_PROMISE_LEAKS: "1" });
    expect(written.slice(written.indexOf("the promise was made"))).to.contain("program.js:14:1");
  });

  it("are as before once the resource is made", () => {
    const errors: { prepareStackTrace?: typeof Error.prepareStackTrace; stackTraceLimit: number } = Error;
    const before = { prepareStackTrace: errors.prepareStackTrace, stackTraceLimit: errors.stackTraceLimit };
    try {
      for (const prepare of [undefined, () => "own"]) {
        // The runner's own limit is infinite, as of one who wants whole stacks.
        Object.assign(errors, { prepareStackTrace: prepare, stackTraceLimit: 10 });
        const restore = suppressStackTexts();
        expect(new Error("within").stack).to.equal("");
        errors.stackTraceLimit = Infinity;
        expect(new Error("whole").stack).to.match(prepare ? /^own$/ : /^Error: whole\n {4}at .*\n {4}at /);
        restore();
        expect(errors.prepareStackTrace).to.equal(prepare);
      }
    } finally {
      Object.assign(Error, before);
    }
  });
});
