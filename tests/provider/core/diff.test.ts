import { expect } from "chai";
import fc from "fast-check";

import type { JobInputs } from "../../../provider/core/arguments";
import type { JobOutputs } from "../../../provider/core/state";
import { readOutputs } from "../../../provider/core/state";
import { diffJob } from "../../../provider/core/diff";
import { jobTypes } from "../../../service-model/job-types";
import { UNKNOWN } from "../../../service-model/validate";
import { detailsOf, leavesOf, shuffled, valueOf, withAt } from "../../harness/arbitraries";
import { body, md5Of } from "../../simulation/host";
import { withDetails, withKeyPattern } from "./refusals";
import { apiImport, assetId, s3Export, s3Import, upload } from "../../simulation/samples";

const outputs = ({ upload: sent, ...inputs }: JobInputs, more: Partial<JobOutputs> = {}): JobOutputs =>
  readOutputs({
    ...{ ...inputs, arn: "arn", state: "COMPLETED", createdAt: "2026-01-05T12:00:00Z" },
    ...(sent && { uploadHash: sent.hash }),
    ...more,
  });

const diff = (olds: JobOutputs, news: object) => diffJob(olds, { ...news });

const nothing = { replaces: [], updates: false };
const update = { replaces: [], updates: true };
const replace = (...replaces: string[]) => ({ replaces, updates: false });

const of = (more: Partial<JobInputs>) => s3Import(["a"], more);
const triggered = (triggers: unknown, keys = ["a"]) => s3Import(keys, { triggers });
const tagged = (...keys: string[]) =>
  of({ assetConfiguration: { tags: keys.map((key) => ({ key, value: "v" })) } });
const revisions = withKeyPattern as (keyPattern?: string) => JobInputs;
const withMd5 = (inputs: JobInputs, md5Hash: string) => ({ ...inputs, ...withDetails(inputs, { md5Hash }) });
const destinations = (...pairs: string[]) =>
  withDetails(s3Export(), {
    assetDestinations: pairs.map(([bucket, key]) => ({ assetId, bucket, key })),
  });
const assumeRole = { roleArn: "arn:aws:iam::123456789012:role/x" };
const elsewhere = { ...upload("same"), upload: { hash: body("same").hash, path: "/elsewhere" } };

type Case = [what: string, was: JobInputs, is: object, means?: ReturnType<typeof diffJob>];

const noChanges: Case[] = [
  ["equal inputs", s3Import(), s3Import()],
  ["another order of the sources", s3Import(["a", "b", "c"]), s3Import(["c", "a", "b"])],
  ["another order of the tags", tagged("a", "b"), tagged("b", "a")],
  ["a written default key pattern", revisions(), revisions("${Asset.Name}")],
  ["an omitted default key pattern", revisions("${Asset.Name}"), revisions()],
  ["the same body from another source", upload("same"), elsewhere],
  ["a written MD5 of the body", upload("same"), withMd5(upload("same"), md5Of("same"))],
  ["an omitted MD5 of the body", withMd5(upload("same"), md5Of("same")), upload("same")],
  ["a region that an older state lacks", s3Import(["a"]), of({ region: "us-east-1" })],
  [
    "another order of a trigger's members",
    triggered({ a: 1, b: { c: 2 } }),
    triggered({ b: { c: 2 }, a: 1 }),
  ],
  ["a written default adopt", of({}), of({ adopt: "own" })],
  ["a written default onDelete", of({}), of({ onDelete: "retain" })],
  ["null members", of({}), { ...of({}), triggers: null, timeouts: null }],
];

const replacements: Case[] = [
  ["another type", s3Import(), s3Export(), replace("type", "details")],
  ["another source", s3Import(["a"]), s3Import(["b"]), replace("details")],
  ["one more source", s3Import(["a"]), s3Import(["a", "b"]), replace("details")],
  ["one source fewer", s3Import(["a", "b"]), s3Import(["a"]), replace("details")],
  ["a source named twice", s3Import(["a"]), s3Import(["a", "a"]), replace("details")],
  [
    "members exchanged by two destinations",
    destinations("ab", "cd"),
    destinations("ad", "cb"),
    replace("details"),
  ],
  ["another tag", tagged("a"), tagged("b"), replace("assetConfiguration")],
  ["another key pattern", revisions(), revisions("${Asset.Id}"), replace("details")],
  ["another body", upload("old"), upload("new"), replace("upload")],
  ["another API key", apiImport({ apiKey: "old" }), apiImport({ apiKey: "new" }), replace("details")],
  ["another region", of({ region: "us-east-1" }), of({ region: "eu-west-1" }), replace("region")],
  ["another trigger", triggered([1]), triggered([2]), replace("triggers")],
  ["a first trigger", of({}), triggered([1]), replace("triggers")],
  ["an omitted trigger", triggered({ day: 1 }), of({}), replace("triggers")],
  ["another order of the triggers", triggered([1, 2]), triggered([2, 1]), replace("triggers")],
  ["another source and trigger", triggered([1]), triggered([2], ["b"]), replace("details", "triggers")],
  ["unknown details", s3Import(), { ...s3Import(), details: UNKNOWN }, replace("details")],
  [
    "an unknown member of the details",
    s3Export(),
    withDetails(s3Export(), { assetDestinations: [{ assetId: UNKNOWN, bucket: "target", key: "a.csv" }] }),
    replace("details"),
  ],
  ["an unknown type", s3Import(), { ...s3Import(), type: UNKNOWN }, replace("type")],
  ["an unknown upload", upload(), { ...upload(), upload: UNKNOWN }, replace("upload")],
  ["an unknown trigger", triggered([1]), triggered([UNKNOWN]), replace("triggers")],
];

const updates: Case[] = [
  ["other timeouts", of({}), of({ timeouts: { run: "1h" } })],
  ["another adopt", of({}), of({ adopt: "none" })],
  ["another onDelete", of({ onDelete: "deleteAssets" }), of({})],
  ["another profile", of({ profile: "one" }), of({ profile: "two" })],
  ["another endpoint", of({}), of({ endpoint: "http://127.0.0.1" })],
  ["another role", of({}), of({ assumeRole })],
];

describe("diffJob: changed inputs", () => {
  for (const [what, was, is] of noChanges)
    it(`ignores ${what}`, () => expect(diff(outputs(was), is)).to.deep.equal(nothing));
  for (const [what, was, is, means] of replacements)
    it(`replaces for ${what}`, () => expect(diff(outputs(was), is)).to.deep.equal(means));
  for (const [what, was, is] of updates)
    it(`updates for ${what}`, () => expect(diff(outputs(was), is)).to.deep.equal(update));
});

describe("diffJob: the state of the job", () => {
  for (const state of ["ERROR", "CANCELLED", "TIMED_OUT"]) {
    it(`replaces a job in ${state}`, () =>
      expect(diff(outputs(s3Import(), { state }), s3Import())).to.deep.equal(replace("state")));
  }

  // A job in a state that this version does not know may not have ended.
  for (const state of ["WAITING", "IN_PROGRESS", "PAUSED"]) {
    it(`updates a job in ${state}, and replaces it for other details`, () => {
      expect(diff(outputs(s3Import(), { state }), s3Import())).to.deep.equal(update);
      expect(diff(outputs(s3Import(), { state }), s3Import(["b"]))).to.deep.equal(replace("details"));
    });
  }

  it("updates a completed job whose last operation did not finish", () =>
    expect(diff(outputs(s3Import(), { __pending: true }), s3Import())).to.deep.equal(update));

  for (const inputs of [upload(), apiImport()]) {
    it(`replaces an ${inputs.type} that waits for its body, because its URL is valid for a minute`, () =>
      expect(diff(outputs(inputs, { state: "WAITING" }), inputs)).to.deep.equal(replace("state")));
  }

  it("ignores members that the state of an older version lacks", () => {
    const older = { type: s3Import().type, details: s3Import().details, arn: "arn", state: "COMPLETED" };
    const read = readOutputs(older);
    expect(read)
      .to.include({ state: "COMPLETED" })
      .and.to.have.keys(...Object.keys(older), "errors", "assets");
    expect(diff(read, s3Import(["a.csv"], { region: "us-east-1" }))).to.deep.equal(nothing);
  });

  it("ignores members of a state that this version does not know", () => {
    const newer = { __schema: 9, colour: "blue" } as never;
    expect(diff(outputs(s3Import(), newer), s3Import())).to.deep.equal(nothing);
  });
});

type Json = Record<string, unknown>;

/** Another value in place of a leaf's. */
const other = (value: unknown): unknown => {
  if (typeof value === "string") return `${value}x`;
  return typeof value === "number" ? value + 1 : !value;
};

for (const jobType of jobTypes) {
  const { type, detailsKey, details: shape } = jobType;
  const diffDetails = (was: Json, is: Json) => {
    const olds = { type, details: was, state: "COMPLETED", createdAt: "2026-01-05T12:00:00.000Z" };
    return diffJob(readOutputs(olds), { type, details: is });
  };

  describe(`diffJob of arbitrary details of ${type}`, () => {
    it("ignores the order of sets and of members", () => {
      const orders = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 });
      fc.assert(
        fc.property(detailsOf(jobType), orders, (details, order) => {
          let drawn = 0;
          const random = () => order[drawn++ % order.length]!;
          const own = shuffled(shape, details[detailsKey], random) as Json;
          const reversed = Object.fromEntries(Object.entries(own).reverse());
          expect(diffDetails(details, { [detailsKey]: reversed })).to.deep.equal(nothing);
        }),
      );
    });

    it("replaces a job if any detail changes, except the MD5 of an upload", () => {
      fc.assert(
        fc.property(detailsOf(jobType), fc.nat(), (details, place) => {
          const leaves = leavesOf(shape, details[detailsKey]);
          const { path, member } = leaves[place % leaves.length]!;
          const leaf = path.reduce<unknown>((value, step) => (value as Json)[step], details[detailsKey]);
          const changed = { [detailsKey]: withAt(details[detailsKey], path, other(leaf)) };
          expect(diffDetails(details, changed).replaces).to.deep.equal(member?.fromUpload ? [] : ["details"]);
        }),
        { numRuns: 300 },
      );
    });

    for (const [name, member] of Object.entries(shape.members)) {
      const replaces = member.fromUpload ? [] : ["details"];
      it(`${member.fromUpload ? "ignores" : "replaces for"} a ${name} that is added or removed`, () => {
        fc.assert(
          fc.property(detailsOf(jobType), valueOf(member.shape), (details, value) => {
            const without = { ...details[detailsKey] };
            delete without[name];
            const [one, none] = [{ ...without, [name]: value }, without].map((own) => ({
              [detailsKey]: own,
            }));
            expect(diffDetails(one!, none!).replaces).to.deep.equal(replaces);
            expect(diffDetails(none!, one!).replaces).to.deep.equal(replaces);
          }),
          { numRuns: 20 },
        );
      });
    }
  });
}
