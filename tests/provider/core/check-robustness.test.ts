import { expect } from "chai";
import fc from "fast-check";

import { checkInputs } from "../../../provider/core/check";
import type { JobType } from "../../../service-model/job-type";
import { jobTypes } from "../../../service-model/job-types";
import { UNKNOWN, formatPath } from "../../../service-model/validate";
import type { Leaf } from "../../harness/arbitraries";
import { detailsOf, leavesOf, withAt } from "../../harness/arbitraries";
import { bodiesOf, body, md5Of } from "../../simulation/host";
import { problemsOf } from "./refusals";
import { s3Export, s3Import, upload } from "../../simulation/samples";

type Json = Record<string, unknown>;

const keys = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "length"),
  fc.constantFrom("hash", "path", "text", "type", "details", "upload", "assetDestinations", "assetSources"),
  fc.constantFrom("bucket", "key", "encryption"),
  fc.constantFrom(
    ...jobTypes.flatMap(({ detailsKey, details }) => [detailsKey, ...Object.keys(details.members)]),
  ),
  fc.string(),
);

const oddValues = [null, undefined, UNKNOWN, "", "${", "x".repeat(1e5), 0, -1, NaN, true, 10n ** 30n];

/** Anything that can arrive: JSON with odd keys, huge strings and unknown values anywhere. */
const junk = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<unknown>(...oddValues),
    fc.string(),
    fc.double(),
    fc.constantFrom(...jobTypes.map(({ type }) => type)),
    fc.array(tie("any"), { maxLength: 4 }),
    fc
      .array(fc.tuple(keys, tie("any")), { maxLength: 5 })
      .map(Object.fromEntries as (entries: unknown) => unknown),
  ),
})).any;

const expectSoundProblems = async (inputs: Json): Promise<void> => {
  const problems = await checkInputs(inputs, bodiesOf(undefined, { "": 1 }));
  for (const { path, message } of problems) {
    expect(formatPath(path)).to.be.a("string");
    expect(message).to.be.a("string").and.not.equal("");
  }
};

const pathsOf = async (inputs: object) => (await problemsOf(inputs)).map(([path]) => path);

/** A valid job of any type, and the path of one of its leaves. */
const anyLeaf = fc.constantFrom(...jobTypes).chain((jobType: JobType) =>
  fc.tuple(detailsOf(jobType), fc.nat()).map(([details, place]) => {
    const leaves = leavesOf(jobType.details, details[jobType.detailsKey]);
    const replace = (path: Leaf["path"], value: unknown) => ({
      type: jobType.type,
      details: { [jobType.detailsKey]: withAt(details[jobType.detailsKey], path, value) },
    });
    return { path: leaves[place % leaves.length]!.path, replace };
  }),
);

describe("checkInputs: arbitrary inputs", () => {
  it("does not throw for arbitrary details, uploads and arguments", async () => {
    const extras = fc.dictionary(keys, junk, { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...jobTypes), extras, junk, (jobType, extra, any) => {
        const details = { [jobType.detailsKey]: any };
        return expectSoundProblems({ ...extra, type: jobType.type, details, upload: extra.upload ?? any });
      }),
      { numRuns: 400 },
    );
  });

  it("does not throw for an arbitrary value anywhere in valid details", async () => {
    await fc.assert(
      fc.asyncProperty(anyLeaf, fc.nat(), junk, ({ path, replace }, depth, any) =>
        expectSoundProblems(replace(path.slice(0, 1 + (depth % path.length)), any)),
      ),
      { numRuns: 400 },
    );
  });

  it("does not throw for arbitrary inputs", async () => {
    await fc.assert(fc.asyncProperty(fc.dictionary(keys, junk), expectSoundProblems));
  });

  it("quotes no value, because any value may be a secret", async () => {
    const planted = fc.constantFrom<unknown>(
      ...["planted", "https://me:planted@example.org/?planted=1", "arn:aws:planted", "planted/planted"],
      ...["aws:planted", "alias/planted", "${planted}", "${planted", "planted".repeat(2000), ["planted"]],
    );
    await fc.assert(
      fc.asyncProperty(anyLeaf, planted, async ({ path, replace }, value) => {
        const args = { region: value, profile: [value], endpoint: value, adopt: value };
        const inputs = { ...replace(path, value), upload: value, ...args, timeouts: { run: value } };
        for (const wrong of [inputs, { ...inputs, type: value }, { ...inputs, details: value }]) {
          const assumeRole = { roleArn: value, sessionName: value, externalId: value, duration: value };
          const given = { ...wrong, assumeRole, assetConfiguration: { tags: [{ key: value, value }] } };
          expect(JSON.stringify(await problemsOf(given))).not.to.contain("planted");
        }
      }),
    );
  });

  it("shortens the name of an unknown argument", async () => {
    expect(await pathsOf({ ...s3Import(), ["x".repeat(9000)]: "y" })).to.deep.equal([`${"x".repeat(100)}…`]);
  });

  it("checks a member with the name of a member of Object.prototype", async () => {
    const details = JSON.parse('{"__proto__":{"importAssetsFromS3":{}}}') as object;
    expect(await pathsOf({ type: "IMPORT_ASSETS_FROM_S3", details })).to.deep.equal([
      ...["details.__proto__", "details.importAssetsFromS3"],
    ]);
  });

  it("ignores members that are inherited from a prototype", async () => {
    const { importAssetsFromS3 } = s3Import().details;
    const inherit = (from: object) => Object.create(from) as object;
    const type = "IMPORT_ASSETS_FROM_S3";
    const path = "details.importAssetsFromS3";
    expect(await pathsOf({ type, details: inherit({ importAssetsFromS3 }) })).to.deep.equal([path]);
    const own = inherit(importAssetsFromS3!);
    expect(await pathsOf({ type, details: { importAssetsFromS3: own } })).to.deep.equal(
      ["dataSetId", "revisionId", "assetSources"].map((name) => `${path}.${name}`),
    );
  });
});

describe("checkInputs: unknown values", () => {
  for (const jobType of jobTypes) {
    it(`accepts an unknown value at any place of a job of type ${jobType.type}`, async () => {
      await fc.assert(
        fc.asyncProperty(detailsOf(jobType), fc.nat(), fc.nat(), async (details, place, depth) => {
          const own = details[jobType.detailsKey]!;
          if (jobType.upload) own[jobType.upload.md5] = md5Of("");
          const leaves = leavesOf(jobType.details, own);
          const { path } = leaves[place % leaves.length]!;
          const at = ["details", jobType.detailsKey, ...path].slice(0, 1 + (depth % (path.length + 2)));
          const inputs = { type: jobType.type, details, ...(jobType.upload && { upload: body("") }) };
          expect(await problemsOf(withAt(inputs, at, UNKNOWN) as object)).to.deep.equal([]);
        }),
      );
    });
  }

  const args = ["upload", "triggers", "region", "timeouts", "adopt", "assumeRole", "endpoint"];
  for (const name of ["type", "details", ...args]) {
    it(`accepts an unknown ${name}`, async () => {
      const inputs = args.includes(name) ? upload() : s3Import();
      expect(await problemsOf({ ...inputs, [name]: UNKNOWN })).to.deep.equal([]);
    });
  }

  it("refuses a wrong value beside an unknown value", async () => {
    const inputs = s3Export();
    inputs.details.exportAssetsToS3!.assetDestinations = UNKNOWN;
    inputs.details.exportAssetsToS3!.encryption = { type: "aws:kms" };
    expect(await pathsOf(inputs)).to.deep.equal(["details.exportAssetsToS3.encryption.kmsKeyArn"]);
  });

  it("accepts two destinations that differ in an unknown bucket", async () => {
    const inputs = s3Export(["k", "k"]);
    (inputs.details.exportAssetsToS3!.assetDestinations as Json[])[1]!.bucket = UNKNOWN;
    expect(await problemsOf(inputs)).to.deep.equal([]);
  });
});
