import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import { suppressStackTexts } from "../../../provider/dynamic/resource-declaration";
import { secretOutputs } from "../../../provider/state-contract";
import type { JobArgs } from "../../../index";
import { Job } from "../../../index";
import { apiImport, s3Import } from "../support/samples";

const sdk = (path = "") => JSON.stringify(require.resolve(`@pulumi/pulumi${path}`));
const ours = JSON.stringify(require.resolve("../../.."));

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

interface Registration {
  getAdditionalsecretoutputsList(): string[];
}

type Register = (request: Registration, callback: unknown) => unknown;

/** The secret outputs that the engine is told of when a Job is declared. */
async function secretsOf(args: unknown, opts: pulumi.CustomResourceOptions = {}): Promise<string[]> {
  await pulumi.runtime.setMocks({
    newResource: ({ inputs }) => ({ id: "job1", state: inputs as object }),
    call: () => ({}),
  });
  const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource: Register };
  const register = monitor.registerResource.bind(monitor);
  let told: string[] = [];
  monitor.registerResource = (request, callback) => {
    told = request.getAdditionalsecretoutputsList();
    return register(request, callback);
  };
  const { urn } = new Job("prices", args as JobArgs, opts);
  await new Promise((resolve) => urn.apply(resolve));
  return told;
}

const repeating = ["assets", "errors"];

describe("outputs that repeat details", () => {
  const { details } = s3Import();
  const secretKey = {
    importAssetsFromS3: {
      ...details.importAssetsFromS3,
      assetSources: [{ bucket: "source", key: pulumi.secret("k") }],
    },
  };
  const late = <T>(value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), 20));

  for (const [what, given] of [
    ["a member is a secret", secretKey],
    ["a member is one that comes late", late(secretKey)],
    ["the whole details are one", pulumi.secret(details)],
  ] as const) {
    it(`are secret where ${what}`, async () => {
      const told = await secretsOf({ ...s3Import(), details: given });
      expect(told).to.have.members([...secretOutputs, ...repeating]);
    });
  }

  for (const [what, args] of [
    ["the API key alone is a secret, which they do not repeat", apiImport({ apiKey: pulumi.secret("KEY") })],
    ["another argument holds the secret", s3Import(["k"], { triggers: [pulumi.secret("t")] })],
  ] as const) {
    it(`are in clear where ${what}`, async () => {
      expect(await secretsOf(args)).to.have.members(secretOutputs);
    });
  }

  it("are secret beside what the program calls so", async () => {
    expect(
      await secretsOf({ ...s3Import(), details: secretKey }, { additionalSecretOutputs: ["arn"] }),
    ).to.have.members([...secretOutputs, ...repeating, "arn"]);
  });
});
