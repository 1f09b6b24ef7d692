import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import type { JobOutputs } from "../../../provider/core/state";
import { readOutputs } from "../../../provider/core/state";
import { diffJob } from "../../../provider/core/diff";
import { UNKNOWN } from "../../../service-model/validate";
import { body, md5Of } from "../support/host";
import { apiImport, assetId, dataSetId, s3Export, s3Import, upload } from "../support/samples";

const now = Date.parse("2026-01-05T12:00:00Z");

const outputs = ({ upload: sent, ...inputs }: JobInputs, more: Partial<JobOutputs> = {}): JobOutputs =>
  readOutputs({
    ...inputs,
    ...(sent && { uploadHash: sent.hash }),
    arn: "arn",
    state: "COMPLETED",
    createdAt: new Date(now).toISOString(),
    ...more,
  });

const diff = (olds: JobOutputs, news: object) => diffJob(olds, { ...news });

const nothing = { replaces: [], updates: false };
const update = { replaces: [], updates: true };
const replace = (...replaces: string[]) => ({ replaces, updates: false });

const tags = (...keys: string[]) => ({ tags: keys.map((key) => ({ key, value: "v" })) });
const revisions = (keyPattern?: string) => ({
  type: "EXPORT_REVISIONS_TO_S3",
  details: {
    exportRevisionsToS3: {
      dataSetId,
      revisionDestinations: [{ revisionId: "r".repeat(32), bucket: "b", ...(keyPattern && { keyPattern }) }],
    },
  },
});
const withMd5 = (inputs: JobInputs, md5Hash: string): JobInputs => ({
  ...inputs,
  details: { importAssetFromSignedUrl: { ...inputs.details.importAssetFromSignedUrl, md5Hash } },
});

const cases: [what: string, was: JobInputs, is: object, means: ReturnType<typeof diffJob>][] = [
  ["nothing at all", s3Import(), s3Import(), nothing],
  ["another type", s3Import(), s3Export(), replace("type", "details")],
  ["another source", s3Import(["a"]), s3Import(["b"]), replace("details")],
  ["one more source", s3Import(["a"]), s3Import(["a", "b"]), replace("details")],
  ["one source fewer", s3Import(["a", "b"]), s3Import(["a"]), replace("details")],
  ["a source named twice", s3Import(["a"]), s3Import(["a", "a"]), replace("details")],
  ["another order of the sources", s3Import(["a", "b", "c"]), s3Import(["c", "a", "b"]), nothing],
  [
    "another order of the tags",
    s3Import(["a"], { assetConfiguration: tags("a", "b") }),
    s3Import(["a"], { assetConfiguration: tags("b", "a") }),
    nothing,
  ],
  [
    "another tag",
    s3Import(["a"], { assetConfiguration: tags("a") }),
    s3Import(["a"], { assetConfiguration: tags("b") }),
    replace("assetConfiguration"),
  ],
  ["the default key pattern spelled out", revisions(), revisions("${Asset.Name}"), nothing],
  ["the default key pattern left out", revisions("${Asset.Name}"), revisions(), nothing],
  ["another key pattern", revisions(), revisions("${Asset.Id}"), replace("details")],
  ["another body", upload("old"), upload("new"), replace("upload")],
  [
    "the same body from another place",
    upload("same"),
    { ...upload("same"), upload: { hash: body("same").hash, path: "/elsewhere" } },
    nothing,
  ],
  ["the body's MD5 spelled out", upload("same"), withMd5(upload("same"), md5Of("same")), nothing],
  ["the body's MD5 left out", withMd5(upload("same"), md5Of("same")), upload("same"), nothing],
  ["another API key", apiImport({ apiKey: "old" }), apiImport({ apiKey: "new" }), replace("details")],
  [
    "another region",
    s3Import(["a"], { region: "us-east-1" }),
    s3Import(["a"], { region: "eu-west-1" }),
    replace("region"),
  ],
  [
    "a region where an older state names none",
    s3Import(),
    s3Import(["a.csv"], { region: "us-east-1" }),
    nothing,
  ],
  [
    "another trigger",
    s3Import(["a"], { triggers: [1] }),
    s3Import(["a"], { triggers: [2] }),
    replace("triggers"),
  ],
  ["a first trigger", s3Import(["a"]), s3Import(["a"], { triggers: [1] }), replace("triggers")],
  ["no trigger any more", s3Import(["a"], { triggers: { day: 1 } }), s3Import(["a"]), replace("triggers")],
  [
    "another order of the triggers",
    s3Import(["a"], { triggers: [1, 2] }),
    s3Import(["a"], { triggers: [2, 1] }),
    replace("triggers"),
  ],
  [
    "another order of a trigger's members",
    s3Import(["a"], { triggers: { a: 1, b: { c: 2, d: 3 } } }),
    s3Import(["a"], { triggers: { b: { d: 3, c: 2 }, a: 1 } }),
    nothing,
  ],
  [
    "another source and another trigger",
    s3Import(["a"], { triggers: [1] }),
    s3Import(["b"], { triggers: [2] }),
    replace("details", "triggers"),
  ],
  ["other timeouts", s3Import(["a"]), s3Import(["a"], { timeouts: { run: "1h" } }), update],
  ["another way to adopt", s3Import(["a"]), s3Import(["a"], { adopt: "none" }), update],
  ["the default way to adopt spelled out", s3Import(["a"]), s3Import(["a"], { adopt: "own" }), nothing],
  ["another onDelete", s3Import(["a"], { onDelete: "deleteAssets" }), s3Import(["a"]), update],
  ["the default onDelete spelled out", s3Import(["a"]), s3Import(["a"], { onDelete: "retain" }), nothing],
  ["another profile", s3Import(["a"], { profile: "one" }), s3Import(["a"], { profile: "two" }), update],
  ["another endpoint", s3Import(["a"]), s3Import(["a"], { endpoint: "http://127.0.0.1" }), update],
  [
    "another role",
    s3Import(["a"]),
    s3Import(["a"], { assumeRole: { roleArn: "arn:aws:iam::123456789012:role/x" } }),
    update,
  ],
  ["a member that is null", s3Import(["a"]), { ...s3Import(["a"]), triggers: null, timeouts: null }, nothing],
  ["details not known yet", s3Import(), { ...s3Import(), details: UNKNOWN }, replace("details")],
  ["a type not known yet", s3Import(), { ...s3Import(), type: UNKNOWN }, replace("type")],
  ["an upload not known yet", upload(), { ...upload(), upload: UNKNOWN }, replace("upload")],
  [
    "a trigger not known yet",
    s3Import(["a"], { triggers: [1] }),
    s3Import(["a"], { triggers: [UNKNOWN] }),
    replace("triggers"),
  ],
];

describe("diff: what a change of the inputs means", () => {
  for (const [what, was, is, means] of cases) {
    const verb =
      means.replaces.length > 0
        ? `replaces for ${means.replaces.join(" and ")}`
        : means.updates
          ? "updates in place"
          : "is no change";
    it(`${what} ${verb}`, () => expect(diff(outputs(was), is)).to.deep.equal(means));
  }

  it("an unknown member of the details replaces, whatever stands beside it", () => {
    const news = s3Export();
    news.details.exportAssetsToS3!.assetDestinations = [{ assetId: UNKNOWN, bucket: "target", key: "a.csv" }];
    expect(diff(outputs(s3Export()), news)).to.deep.equal(replace("details"));
  });

  it("a source's members count for themselves: no two sources can be taken for one", () => {
    const destinations = (...pairs: [string, string][]) => ({
      ...s3Export(),
      details: {
        exportAssetsToS3: { assetDestinations: pairs.map(([bucket, key]) => ({ assetId, bucket, key })) },
      },
    });
    const was = outputs(destinations(["a", "b"], ["c", "d"]));
    expect(diff(was, destinations(["a", "d"], ["c", "b"]))).to.deep.equal(replace("details"));
  });
});

describe("diff: what the state means that a job was left in", () => {
  for (const state of ["ERROR", "CANCELLED", "TIMED_OUT"]) {
    it(`${state} replaces, so that it runs again`, () =>
      expect(diff(outputs(s3Import(), { state }), s3Import())).to.deep.equal(replace("state")));
  }
  for (const state of ["WAITING", "IN_PROGRESS"]) {
    it(`${state} updates, to go on with the same job`, () =>
      expect(diff(outputs(s3Import(), { state }), s3Import())).to.deep.equal(update));
    it(`${state} with other details replaces`, () =>
      expect(diff(outputs(s3Import(), { state }), s3Import(["b"]))).to.deep.equal(replace("details")));
  }
  it("a completed job whose last operation was not brought to its end updates", () =>
    expect(diff(outputs(s3Import(), { __pending: true }), s3Import())).to.deep.equal(update));

  for (const inputs of [upload(), apiImport()]) {
    it(`an ${inputs.type} that still waits for its body replaces, because its URL lives for a minute`, () =>
      expect(diff(outputs(inputs, { state: "WAITING" }), inputs)).to.deep.equal(replace("state")));
  }
  it("a state that this version does not know updates, because it may not be the end", () =>
    expect(diff(outputs(s3Import(), { state: "PAUSED" }), s3Import())).to.deep.equal(update));

  it("a state that an older version wrote, with members missing, is read and is no change", () => {
    const older = { type: s3Import().type, details: s3Import().details, arn: "arn", state: "COMPLETED" };
    expect(readOutputs(older))
      .to.include({ state: "COMPLETED" })
      .and.to.have.keys(...Object.keys(older), "errors", "assets");
    expect(diff(readOutputs(older), s3Import(["a.csv"], { region: "us-east-1" }))).to.deep.equal(nothing);
  });

  it("a state with members that this version does not know is no change", () =>
    expect(diff(outputs(s3Import(), { __schema: 9, colour: "blue" } as never), s3Import())).to.deep.equal(
      nothing,
    ));
});
