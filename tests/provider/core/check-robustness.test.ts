import { expect } from "chai";
import fc from "fast-check";

import { checkInputs } from "../../../provider/core/check";
import { jobTypes } from "../../../service-model/job-types";
import { UNKNOWN, formatPath } from "../../../service-model/validate";
import { detailsOf, leavesOf, withAt } from "../support/arbitraries";
import { bodiesOf, body, md5Of } from "../support/host";
import { s3Export, s3Import, upload } from "../support/samples";
import { problemsOf } from "../support/refusals";

type Json = Record<string, unknown>;

const keys = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "length",
    "hash",
    "path",
    "text",
  ),
  fc.constantFrom(
    "type",
    "details",
    "upload",
    "assetDestinations",
    "assetSources",
    "bucket",
    "key",
    "encryption",
  ),
  fc.constantFrom(
    ...jobTypes.flatMap(({ detailsKey, details }) => [detailsKey, ...Object.keys(details.members)]),
  ),
  fc.string(),
);

/** Anything that can arrive: JSON with odd keys, huge strings and unknown values anywhere. */
const junk = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<unknown>(
      null,
      undefined,
      UNKNOWN,
      "",
      "${",
      "x".repeat(1e5),
      0,
      -1,
      NaN,
      true,
      10n ** 30n,
    ),
    fc.string(),
    fc.double(),
    fc.constantFrom(...jobTypes.map(({ type }) => type)),
    fc.array(tie("any"), { maxLength: 4 }),
    fc
      .array(fc.tuple(keys, tie("any")), { maxLength: 5 })
      .map(Object.fromEntries as (entries: unknown) => unknown),
  ),
})).any;
const isSound = async (inputs: Json): Promise<void> => {
  const problems = await checkInputs(inputs, bodiesOf(undefined, { "": 1 }));
  for (const { path, message } of problems) {
    expect(formatPath(path)).to.be.a("string");
    expect(message).to.be.a("string").and.not.equal("");
  }
};

describe("check: whatever comes in", () => {
  it("never throws over junk in place of the details, the upload and the arguments", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...jobTypes),
        fc.dictionary(keys, junk, { noNullPrototype: true }),
        junk,
        (jobType, extra, any) =>
          isSound({
            ...extra,
            type: jobType.type,
            details: { [jobType.detailsKey]: any },
            upload: extra.upload ?? any,
          }),
      ),
      { numRuns: 400 },
    );
  });

  it("never throws over junk at any place of details that are otherwise valid", async () => {
    const cases = fc.constantFrom(...jobTypes).chain((jobType) =>
      fc.record({
        jobType: fc.constant(jobType),
        details: detailsOf(jobType),
        place: fc.nat(),
        depth: fc.nat(),
        any: junk,
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ jobType, details, place, depth, any }) => {
        const leaves = leavesOf(jobType.details, details[jobType.detailsKey]);
        const { path } = leaves[place % leaves.length]!;
        const at = path.slice(0, 1 + (depth % path.length));
        const own = withAt(details[jobType.detailsKey], at, any);
        await isSound({ type: jobType.type, details: { [jobType.detailsKey]: own } });
      }),
      { numRuns: 400 },
    );
  });

  it("repeats no value, which may be a secret, wherever it stands", async () => {
    const planted = fc.constantFrom(
      "planted",
      "https://me:planted@example.org/?planted=1",
      "arn:aws:planted",
      "planted/planted",
      "aws:planted",
      "alias/planted",
      "${planted}",
      "${planted",
      "planted".repeat(2000),
      ["planted"],
    );
    const cases = fc
      .constantFrom(...jobTypes)
      .chain((jobType) =>
        fc.record({ jobType: fc.constant(jobType), details: detailsOf(jobType), place: fc.nat(), planted }),
      );
    await fc.assert(
      fc.asyncProperty(cases, async ({ jobType, details, place, planted: value }) => {
        const leaves = leavesOf(jobType.details, details[jobType.detailsKey]);
        const own = withAt(details[jobType.detailsKey], leaves[place % leaves.length]!.path, value);
        const args = {
          region: value,
          profile: [value],
          endpoint: value,
          adopt: value,
          timeouts: { run: value },
        };
        const role = { roleArn: value, sessionName: value, externalId: value, duration: value };
        const tags = [{ key: value, value }];
        const inputs = { type: jobType.type, details: { [jobType.detailsKey]: own }, upload: value, ...args };
        const wrong = [inputs, { ...inputs, type: value }, { ...inputs, details: value }];
        for (const given of wrong.map((one) => ({
          ...one,
          assumeRole: role,
          assetConfiguration: { tags },
        }))) {
          expect(JSON.stringify(await problemsOf(given))).not.to.contain("planted");
        }
      }),
    );
  });

  it("shortens a name that is no argument", async () => {
    const [[path = ""] = []] = await problemsOf({ ...s3Import(), ["x".repeat(9000)]: "y" });
    expect(path).to.equal(`${"x".repeat(100)}…`);
  });

  it("never throws over junk as the whole of the inputs", async () => {
    await fc.assert(fc.asyncProperty(fc.dictionary(keys, junk), isSound));
  });

  it("sees a member that is named like an object's prototype", async () => {
    const inputs = JSON.parse(
      '{"type":"IMPORT_ASSETS_FROM_S3","details":{"__proto__":{"importAssetsFromS3":{}}}}',
    ) as object;
    expect((await problemsOf(inputs)).map(([path]) => path)).to.deep.equal([
      "details.__proto__",
      "details.importAssetsFromS3",
    ]);
  });

  it("takes nothing from a prototype for given", async () => {
    const { importAssetsFromS3 } = s3Import().details;
    const [details, own] = [
      Object.create({ importAssetsFromS3 }),
      Object.create(importAssetsFromS3!),
    ] as object[];
    const pathsOf = async (given: unknown) =>
      (await problemsOf({ type: "IMPORT_ASSETS_FROM_S3", details: given })).map(([path]) => path);
    expect(await pathsOf(details)).to.deep.equal(["details.importAssetsFromS3"]);
    expect(await pathsOf({ importAssetsFromS3: own })).to.deep.equal(
      ["dataSetId", "revisionId", "assetSources"].map((name) => `details.importAssetsFromS3.${name}`),
    );
  });
});

describe("check: values not known yet", () => {
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

  for (const name of [
    "type",
    "details",
    "upload",
    "triggers",
    "region",
    "timeouts",
    "adopt",
    "assumeRole",
    "endpoint",
  ]) {
    it(`accepts an unknown ${name}`, async () => {
      const inputs = name === "type" || name === "details" ? s3Import() : upload();
      expect(await problemsOf({ ...inputs, [name]: UNKNOWN })).to.deep.equal([]);
    });
  }

  it("still refuses what is wrong beside an unknown value", async () => {
    const inputs = s3Export();
    inputs.details.exportAssetsToS3!.assetDestinations = UNKNOWN;
    inputs.details.exportAssetsToS3!.encryption = { type: "aws:kms" };
    expect((await problemsOf(inputs)).map(([path]) => path)).to.deep.equal([
      "details.exportAssetsToS3.encryption.kmsKeyArn",
    ]);
  });

  it("takes no two destinations for the same while a part of one is unknown", async () => {
    const inputs = s3Export(["k", "k"]);
    (inputs.details.exportAssetsToS3!.assetDestinations as Json[])[1]!.bucket = UNKNOWN;
    expect(await problemsOf(inputs)).to.deep.equal([]);
  });
});
