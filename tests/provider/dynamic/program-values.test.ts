import { runInNewContext } from "node:vm";

import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import type { JobArgs } from "../../../index";
import { Job, RevisionFinalization } from "../../../index";
import { encodeTriggers } from "../../../provider/dynamic/program-values";
import { declaredInputs } from "../support/declared";
import { dataSetId, revisionId, s3Import } from "../support/samples";

const argsOf = (inputs: object): JobArgs => inputs as JobArgs;

class Version {
  constructor(readonly label = "1") {}
}

const cycle: Record<string, unknown> = { name: "a" };
cycle.self = { within: [cycle] };

/** Values that look the same to Pulumi whatever they stand for. */
const neverTriggers: [what: string, value: unknown, says: RegExp][] = [
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
  ["an archive of assets", new pulumi.asset.AssetArchive({}), /is an archive/],
  ["an archive of files", new pulumi.asset.FileArchive("."), /is an archive/],
];

describe("triggers", () => {
  for (const [what, value, says] of neverTriggers) {
    it(`refuse ${what}, and name its place`, async () => {
      const at = (given: unknown) => () => encodeTriggers('Job "a"', given);
      expect(at([1, value]))
        .to.throw(pulumi.RunError, /^Job "a": triggers\[1\]/)
        .and.match(says);
      expect(at({ build: { id: value } })).to.throw(pulumi.RunError, /^Job "a": triggers\.build\.id/);
      expect(at(value)).to.throw(pulumi.RunError, /^Job "a": triggers/);
      const declare = () => new Job("a", argsOf({ ...s3Import(), triggers: [value] }));
      expect(declare).to.throw(pulumi.RunError, /^Job "a": triggers\[0\]/);
      const late = encodeTriggers('Job "a"', Promise.resolve([0, Promise.resolve(value)]));
      const error = await settled(late).then(() => undefined, messageOf);
      expect(error)
        .to.match(/^Job "a": triggers\[1\]/)
        .and.match(says);
    });
  }

  it("refuse a resource, of which only the id would count", async () => {
    const { resource } = await declaredInputs(() => new Job("made", argsOf(s3Import())));
    expect(() => encodeTriggers('Job "a"', [resource])).to.throw(
      /triggers\[0\] is a resource, .*such as its etag/,
    );
  });

  it("travel as they are given, whatever JSON they are", async () => {
    const nothing = Object.assign(Object.create(null) as object, { a: 1 });
    const triggers = [1, "x", true, null, undefined, [], {}, { deep: [{ er: 1 }] }, nothing];
    const { inputs } = await declaredInputs(() => new Job("a", argsOf({ ...s3Import(), triggers })));
    expect(JSON.stringify(inputs.triggers)).to.equal(JSON.stringify(triggers));
    const later = [pulumi.output(1), Promise.resolve({ a: pulumi.output([2]) })];
    const declared = await declaredInputs(() => new Job("b", argsOf({ ...s3Import(), triggers: later })));
    expect(declared.inputs.triggers).to.deep.equal([1, { a: [2] }]);
  });

  it("that hold the same object twice do not hold themselves", () => {
    const shared = { a: 1 };
    expect(encodeTriggers("Job", [shared, { shared }])).to.deep.equal([{ a: 1 }, { shared: { a: 1 } }]);
  });
});

describe("arguments of a Job", () => {
  const refused: [what: string, args: object, says: RegExp][] = [
    [
      "a Date as a key",
      sourceOf({ bucket: "b", key: new Date() }),
      /assetSources\[0\]\.key is an instance of Date/,
    ],
    ["a Map as details", { ...s3Import(), details: new Map() }, /: details is an instance of Map/],
    [
      "a function as a key",
      sourceOf({ bucket: "b", key: () => "k" }),
      /assetSources\[0\]\.key is a function/,
    ],
    ["a symbol as a profile", { ...s3Import(), profile: Symbol("p") }, /: profile is a symbol/],
    [
      "a BigInt as a tag",
      { ...s3Import(), assetConfiguration: { tags: [{ key: "k", value: 1n }] } },
      /value is a bigint/,
    ],
    [
      "details that hold themselves",
      { ...s3Import(), details: cycle },
      /: details\.self\.within\[0\] .* \[cyclic-value\]$/,
    ],
  ];
  for (const [what, args, says] of refused) {
    it(`refuse ${what}, and name its place`, () => {
      expect(() => new Job("a", args as JobArgs))
        .to.throw(pulumi.RunError, /^Job "a": /)
        .and.match(says);
    });
  }

  it("take an object of a class for what its fields are", async () => {
    class Source {
      constructor(
        readonly bucket: string,
        readonly key: string,
      ) {}
    }
    const args = sourceOf(new Source("source", "k")) as JobArgs;
    const { inputs } = await declaredInputs(() => new Job("a", args));
    expect(inputs.details).to.deep.equal({
      importAssetsFromS3: { dataSetId, revisionId, assetSources: [{ bucket: "source", key: "k" }] },
    });
  });
});

describe("options that a dynamic provider cannot serve", () => {
  const declare = {
    Job: (opts: object) => new Job("a", argsOf(s3Import()), opts),
    RevisionFinalization: (opts: object) =>
      new RevisionFinalization("a", { dataSetId, revisionId, jobs: [] }, opts),
  };
  for (const [kind, make] of Object.entries(declare)) {
    it(`are refused by a ${kind}, with a code`, () => {
      for (const [option, code] of [
        ["import", "unsupported-import"],
        ["provider", "unsupported-provider"],
        ["providers", "unsupported-provider"],
      ] as const) {
        const refused = new RegExp(`^${kind} "a" does not support the option ${option}, .* \\[${code}\\]$`);
        expect(() => make({ [option]: "given" })).to.throw(pulumi.RunError, refused);
      }
    });
  }

  it("say of a Job's import that Job.get looks one up", () => {
    expect(() => declare.Job({ import: "job1" })).to.throw('Job.get("a", "<id>") looks a job up');
  });

  it("may be named without a value", async () => {
    const { resource } = await declaredInputs(() => declare.Job({ import: undefined, provider: undefined }));
    expect(resource).to.be.an.instanceOf(Job);
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

  it("declares a Job and a RevisionFinalization, and asks nothing outside", async () => {
    const { resource, inputs } = await declaredInputs(() => new Job("a", argsOf(s3Import())));
    expect(inputs).to.deep.include({ type: "IMPORT_ASSETS_FROM_S3", details: s3Import().details });
    const [id, state] = await settled([(resource as Job).id, (resource as Job).state]);
    expect([id, state]).to.deep.equal(["a-id", "COMPLETED"]);
    const declared = await declaredInputs(
      () => new RevisionFinalization("b", { dataSetId, revisionId, jobs: [(resource as Job).id] }),
    );
    expect(declared.inputs).to.deep.include({ dataSetId, revisionId, jobs: ["a-id"] });
  });
});

function sourceOf(source: object): object {
  return {
    type: "IMPORT_ASSETS_FROM_S3",
    details: { importAssetsFromS3: { dataSetId, revisionId, assetSources: [source] } },
  };
}

const messageOf = (error: unknown): string => (error as Error).message;

/** What a value comes to, everything in it there. */
const settled = <T>(value: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> =>
  (pulumi.output(value) as unknown as { promise(): Promise<pulumi.Unwrap<T>> }).promise();
