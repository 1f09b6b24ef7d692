import { runInNewContext } from "node:vm";

import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import type { JobArgs, JobSetArgs } from "../../../index";
import { Job, JobSet, RevisionFinalization } from "../../../index";
import { encodeTriggers } from "../../../provider/resources/program-values";
import { declaredInputs } from "./declared";
import { dataSetId, failureOf, revisionId, s3Import } from "../../simulation/samples";

const who = 'Job "a"';
const argsOf = (inputs: object): JobArgs => inputs as JobArgs;
const triggered = (...triggers: unknown[]) => new Job("a", argsOf({ ...s3Import(), triggers }));

/** An import whose only source has this key. */
const importOf = (key: unknown): JobArgs => argsOf(s3Import([key as string]));

/** A value when all that it contains is known. */
const settled = <T>(value: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> =>
  (pulumi.output(value) as unknown as { promise(): Promise<pulumi.Unwrap<T>> }).promise();

class Version {
  constructor(readonly label = "1") {}
}

const cycle: Record<string, unknown> = { name: "a" };
cycle.self = { within: [cycle] };

/** Values that Pulumi sends without their content. */
const notTriggers: [what: string, value: unknown, says: RegExp][] = [
  ["a Date", new Date(), /is an instance of Date/],
  ["a Date of another realm", runInNewContext("new Date()"), /is an instance of Date/],
  ["a Map", new Map([["a", 1]]), /is an instance of Map/],
  ["a Set", new Set([1]), /is an instance of Set/],
  ["a URL", new URL("https://example.org"), /is an instance of URL/],
  ["a Buffer", Buffer.from("a"), /is an instance of Buffer/],
  ["a class instance", new Version(), /is an instance of Version/],
  ["an instance of a class without a name", new (class {})(), /is an instance of a class/],
  ["a function", () => 1, /is a function/],
  ["a symbol", Symbol("a"), /is a symbol/],
  ["a BigInt", 1n, /is a bigint/],
  ["NaN", NaN, /is not a finite number/],
  ["Infinity", -Infinity, /is not a finite number/],
  ["a value that holds itself", cycle, /\.self\.within\[0\] .* \[cyclic-value\]$/],
  ["a member that Pulumi does not send", JSON.parse('{"__proto__":1}'), /"__proto__", .* \[reserved-name\]$/],
  ["an archive of assets", new pulumi.asset.AssetArchive({}), /is an archive/],
  ["an archive of files", new pulumi.asset.FileArchive("."), /is an archive/],
];

describe("encodeTriggers", () => {
  for (const [what, value, says] of notTriggers) {
    it(`refuses ${what}, and names its path`, async () => {
      for (const [given, path] of [
        [[1, value], /^Job "a": triggers\[1\]/],
        [{ build: { id: value } }, /^Job "a": triggers\.build\.id/],
        [value, /^Job "a": triggers/],
      ] as const) {
        expect(() => encodeTriggers(who, given))
          .to.throw(pulumi.RunError, path)
          .and.match(says);
      }
      const late = encodeTriggers(who, Promise.resolve([0, Promise.resolve(value)]));
      const { message } = await failureOf(settled(late));
      expect(message)
        .to.match(/^Job "a": triggers\[1\]/)
        .and.match(says);
    });
  }

  it("refuses a resource, of which Pulumi would compare only the id", async () => {
    const { resource } = await declaredInputs(() => new Job("made", argsOf(s3Import())));
    expect(() => encodeTriggers(who, [resource])).to.throw(/triggers\[0\] is a resource, .*such as its etag/);
  });

  it("accepts an object that occurs twice", () => {
    const shared = { a: 1 };
    expect(encodeTriggers(who, [shared, { shared }])).to.deep.equal([{ a: 1 }, { shared: { a: 1 } }]);
  });
});

describe("the triggers of a Job", () => {
  it("are checked when it is declared", () => {
    expect(() => triggered(new Date())).to.throw(pulumi.RunError, /^Job "a": triggers\[0\]/);
  });

  it("reach the provider unchanged, even from outputs and promises", async () => {
    const withoutPrototype = Object.assign(Object.create(null) as object, { a: 1 });
    const triggers = [1, "x", true, null, undefined, [], {}, { deep: [{ er: 1 }] }, withoutPrototype];
    const { inputs } = await declaredInputs(() => triggered(...triggers));
    expect(JSON.stringify(inputs.triggers)).to.equal(JSON.stringify(triggers));
    const late = await declaredInputs(() =>
      triggered(pulumi.output(1), Promise.resolve({ a: pulumi.output([2]) })),
    );
    expect(late.inputs.triggers).to.deep.equal([1, { a: [2] }]);
  });
});

describe("the arguments of a Job", () => {
  const tags = [{ key: "k", value: 1n }];
  for (const [what, args, says] of [
    ["a Date as a key", importOf(new Date()), /assetSources\[0\]\.key is an instance of Date/],
    ["a function as a key", importOf(() => "k"), /assetSources\[0\]\.key is a function/],
    ["a Map as details", { ...s3Import(), details: new Map() }, /: details is an instance of Map/],
    ["a symbol as a profile", { ...s3Import(), profile: Symbol("p") }, /: profile is a symbol/],
    ["a BigInt as a tag", { ...s3Import(), assetConfiguration: { tags } }, /value is a bigint/],
    ["a cycle", { ...s3Import(), details: cycle }, /: details\.self\.within\[0\] .* \[cyclic-value\]$/],
  ] as const) {
    it(`do not accept ${what}`, () => {
      expect(() => new Job("a", argsOf(args)))
        .to.throw(pulumi.RunError, /^Job "a": /)
        .and.match(says);
    });
  }

  it("accept an object of a class for its fields", async () => {
    const details = Object.assign(new Version(), s3Import().details);
    const { inputs } = await declaredInputs(() => new Job("a", argsOf({ ...s3Import(), details })));
    expect(inputs.details).to.deep.equal({ ...s3Import().details, label: "1" });
  });
});

describe("the jobs of a JobSet", () => {
  for (const [what, jobs, code] of [
    ["a name that Pulumi does not send", JSON.parse('{"__proto__":{}}'), "reserved-name"],
    ["a Map", new Map([["a", s3Import()]]), "not-plain-data"],
  ] as const) {
    it(`do not accept ${what}`, () => {
      expect(() => new JobSet("a", { jobs: jobs as JobSetArgs["jobs"] }))
        .to.throw(pulumi.RunError, /^JobSet "a": jobs /)
        .and.match(new RegExp(`\\[${code}\\]$`));
    });
  }
});

describe("the options of a resource", () => {
  const declare = {
    Job: (opts: object) => new Job("a", argsOf(s3Import()), opts),
    RevisionFinalization: (opts: object) =>
      new RevisionFinalization("a", { dataSetId, revisionId, jobs: [] }, opts),
  };
  for (const [kind, make] of Object.entries(declare)) {
    for (const [option, code] of [
      ["import", "unsupported-import"],
      ["provider", "unsupported-provider"],
      ["providers", "unsupported-provider"],
    ] as const) {
      it(`cannot contain ${option}, except as undefined: ${kind}`, async () => {
        const refused = new RegExp(`^${kind} "a" does not support the option ${option}, .* \\[${code}\\]$`);
        expect(() => make({ [option]: "given" })).to.throw(pulumi.RunError, refused);
        await declaredInputs(() => make({ [option]: undefined }));
      });
    }
  }

  it("name Job.get in place of import", () => {
    expect(() => declare.Job({ import: "job1" })).to.throw('Job.get("a", "<id>") looks a job up');
  });
});

describe("a unit test with Pulumi's mocks", () => {
  it("fetches no remote file", async () => {
    const upload = new pulumi.asset.RemoteAsset("http://127.0.0.1:4/a.csv");
    const details = { importAssetFromSignedUrl: { dataSetId, revisionId, assetName: "a" } };
    const { inputs } = await declaredInputs(
      () => new Job("a", { type: "IMPORT_ASSET_FROM_SIGNED_URL", details, upload }),
    );
    expect(await (inputs.upload as pulumi.asset.RemoteAsset).uri).to.equal("http://127.0.0.1:4/a.csv");
  });

  it("declares a Job and a RevisionFinalization without a call", async () => {
    const { resource, inputs } = await declaredInputs(() => new Job("a", argsOf(s3Import())));
    expect(inputs).to.deep.include({ type: "IMPORT_ASSETS_FROM_S3", details: s3Import().details });
    const job = resource as Job;
    expect(await settled([job.id, job.state])).to.deep.equal(["a-id", "COMPLETED"]);
    const jobs = { dataSetId, revisionId, jobs: [job.id] };
    const declared = await declaredInputs(() => new RevisionFinalization("b", jobs));
    expect(declared.inputs).to.deep.include({ ...jobs, jobs: ["a-id"] });
  });
});
