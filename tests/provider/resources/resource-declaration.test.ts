import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";

import * as pulumi from "@pulumi/pulumi";
import { unwrapRpcSecret } from "@pulumi/pulumi/runtime/rpc";
import { expect } from "chai";

import { suppressStackTexts } from "../../../provider/resources/resource-declaration";
import { secretOutputs } from "../../../provider/core/state";
import type { JobArgs, JobSetArgs } from "../../../index";
import { Job, JobSet } from "../../../index";
import { useFolder } from "../../harness/folder";
import { declaredInputs } from "./declared";
import { apiImport, s3Import } from "../../simulation/samples";

const sdk = (path = "") => JSON.stringify(require.resolve(`@pulumi/pulumi${path}`));
const ours = JSON.stringify(require.resolve("../../.."));

/** A program that declares one resource, in its last line, which the engine refuses. */
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

describe("suppressStackTexts", () => {
  const path = useFolder();

  async function run(resource: string, more: NodeJS.ProcessEnv = {}): Promise<string> {
    await writeFile(path("program.js"), programOf(resource));
    const env = { ...process.env, ...more };
    return (await promisify(execFile)(process.execPath, [path("program.js")], { env })).stdout;
  }

  for (const [kind, resource] of Object.entries(resources)) {
    it(`keeps the line of the program in the error of a refused ${kind}`, async () => {
      const written = await run(resource);
      expect(written).to.contain("registered from line 14\n");
      expect(written).to.match(/Error: failed to register new resource prices .*: no room\n/);
      expect(written).to.contain(path("program.js:14:1"));
      expect(written).to.match(/the promise was made\n$/);
    });
  }

  it("keeps the line of the program in an error of the SDK", async () => {
    const written = await run(`Job("", { type: "IMPORT_ASSETS_FROM_S3", details: {} });`).catch(String);
    expect(written).to.contain("Missing resource name").and.contain(path("program.js:14:1"));
  });

  it("does nothing if PULUMI_DEBUG_PROMISE_LEAKS is set", async () => {
    const written = await run(resources.Job, { PULUMI_DEBUG_PROMISE_LEAKS: "1" });
    expect(written.slice(written.indexOf("the promise was made"))).to.contain("program.js:14:1");
  });

  it("restores the texts that V8 or the program formats", () => {
    const errors: { prepareStackTrace?: typeof Error.prepareStackTrace; stackTraceLimit: number } = Error;
    const before = { prepareStackTrace: errors.prepareStackTrace, stackTraceLimit: errors.stackTraceLimit };
    try {
      for (const prepare of [undefined, () => "own"]) {
        // The test runner sets an infinite limit.
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

/** The secret outputs that the SDK registers for a Job. */
async function secretsOf(args: unknown, opts: pulumi.CustomResourceOptions = {}): Promise<string[]> {
  const newResource = ({ inputs }: pulumi.runtime.MockResourceArgs) => ({
    id: "job1",
    state: inputs as object,
  });
  await pulumi.runtime.setMocks({ newResource, call: () => ({}) });
  const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource: Register };
  const register = monitor.registerResource.bind(monitor);
  let names: string[] = [];
  monitor.registerResource = (request, callback) => {
    names = request.getAdditionalsecretoutputsList();
    return register(request, callback);
  };
  const { urn } = new Job("prices", args as JobArgs, opts);
  await new Promise((resolve) => urn.apply(resolve));
  return names;
}

const { details } = s3Import();
const secretKey = s3Import([pulumi.secret("k") as unknown as string]).details;
const late = new Promise((resolve) => setTimeout(() => resolve(secretKey), 20));
const apiKey = apiImport({ apiKey: pulumi.secret("KEY") });
const repeating = ["assets", "errors"];

const cases = [
  ["a member of the details is secret", { details: secretKey }, repeating],
  ["a late member of the details is secret", { details: late }, repeating],
  ["the details are secret", { details: pulumi.secret(details) }, repeating],
  ["the option names more", { details: secretKey }, [...repeating, "arn"], ["arn"]],
  ["only the API key is secret, which no output repeats", apiKey, []],
  ["only another argument is secret", { triggers: [pulumi.secret("t")] }, []],
  ["the details are an output without a secret", { details: pulumi.output(details) }, []],
] as const;

describe("the secret outputs of a Job", () => {
  for (const [what, args, names, additionalSecretOutputs] of cases) {
    it(`are ${["signedUrl", "apiKey", ...names].join(", ")} if ${what}`, async () => {
      const secrets = await secretsOf({ ...s3Import(), ...args }, { additionalSecretOutputs } as object);
      expect(secrets).to.have.members([...secretOutputs, ...names]);
    });
  }
});

describe("the marker of a secret", () => {
  const download = { type: "EXPORT_ASSET_TO_SIGNED_URL", details: {} };
  for (const [what, args, names] of cases) {
    const isMarked = names.length > 0;
    it(`is ${isMarked ? "" : "not "}among the inputs of a Job if ${what}`, async () => {
      const job = { ...s3Import(), ...args } as unknown as JobArgs;
      const { inputs } = await declaredInputs(() => new Job("a", job));
      expect("__secret" in inputs).to.equal(isMarked);
    });

    it(`is ${isMarked ? "" : "not "}among the inputs of a job of a JobSet, and of no other job, if ${what}`, async () => {
      const jobs = { one: { ...s3Import(), ...args }, two: download } as unknown as JobSetArgs["jobs"];
      const { inputs } = await declaredInputs(() => new JobSet("a", { jobs }));
      expect(markedIn(inputs)).to.deep.equal(isMarked ? ["one"] : []);
    });
  }

  it("is among the inputs of each job of a JobSet if its jobs are secret", async () => {
    const jobs = pulumi.secret({ one: s3Import(), two: download }) as unknown as JobSetArgs["jobs"];
    const { inputs } = await declaredInputs(() => new JobSet("a", { jobs }));
    expect(markedIn(inputs)).to.deep.equal(["one", "two"]);
  });

  it("is among the inputs of a job of a JobSet if the job is secret", async () => {
    const jobs = { one: pulumi.secret(s3Import()), two: download } as unknown as JobSetArgs["jobs"];
    const { inputs } = await declaredInputs(() => new JobSet("a", { jobs }));
    expect(markedIn(inputs)).to.deep.equal(["one"]);
  });
});

/** Names of the jobs that are marked as secret. */
const markedIn = ({ jobs }: Record<string, unknown>): string[] =>
  Object.entries(unwrapRpcSecret(jobs) as Record<string, unknown>).flatMap(([name, job]) =>
    "__secret" in (unwrapRpcSecret(job) as object) ? [name] : [],
  );
