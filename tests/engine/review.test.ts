/** What a review says of previews that the real engine has written. */
import * as dataexchange from "@pulumi/aws/dataexchange";
import * as s3 from "@pulumi/aws/s3";
import { ComponentResource, asset, secret } from "@pulumi/pulumi";
import type { LocalWorkspace, PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import type { JobArgs } from "../../index";
import { Job, RevisionFinalization } from "../../index";
import type { Review } from "../../review/index";
import { readPreview, reviewOf, toJson, toMarkdown, toText } from "../../review/index";
import { awsPlugin } from "../support/aws";
import type { NineJobs } from "../support/nine-jobs";
import { prepareNineJobs } from "../support/nine-jobs";
import { previewJson } from "../support/preview-json";
import { declareJob, importOf } from "../support/programs";
import { ok, useStack } from "../support/stack";

interface Told {
  headline: string;
  errors: { resource?: string; message: string }[];
  jobs: {
    name: string;
    action: string;
    type: string;
    component?: { type: string; name: string };
    does: string;
    reasons: { kind: string; text: string }[];
    cautions: { kind: string; text: string }[];
  }[];
  changed: { name: string; action: string; text: string }[];
  queues: { text: string; waves: number }[];
  otherResources: Record<string, number>;
  markdown: string;
  text: string;
}

/** Ids are others in each run. */
const withoutIds = (text: string): string => text.replace(/\b[a-zA-Z0-9]{8}…/g, "ID");

function tell(json: string): Told {
  const review: Review = reviewOf(readPreview(json));
  const told = JSON.parse(withoutIds(toJson(review))) as Told;
  return { ...told, markdown: toMarkdown(review), text: toText(review) };
}

const reasonsOf = (told: Told, name?: string): string[] => find(told, name).reasons.map(({ text }) => text);
const cautionsOf = (told: Told, name?: string): string[] => find(told, name).cautions.map(({ text }) => text);

function find({ jobs }: Told, name?: string): Told["jobs"][number] {
  const found = name === undefined ? jobs : jobs.filter((job) => job.name === name);
  expect(found, `jobs that run: ${jobs.map((job) => job.name).join()}`).to.have.length(1);
  return found[0]!;
}

const nothing: PulumiFn = () => Promise.resolve();

const place = "revision ID of data set ID";

const sentences: Record<string, string> = {
  IMPORT_ASSETS_FROM_S3: `imports 1 object of source into ${place}`,
  IMPORT_ASSET_FROM_SIGNED_URL: `imports an uploaded file as asset upload.txt into ${place}`,
  IMPORT_ASSET_FROM_API_GATEWAY_API: `licenses stage prod of API prices-api (abc123) as an asset of ${place}`,
  IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES: `licenses 1 datashare as assets of ${place}`,
  IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY:
    `licenses what a Lake Formation tag policy covers in catalog 123456789012 as an asset of ${place}, ` +
    "granted by role arn:aws:iam::123456789012:role/grants1",
  CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET: `shares bucket source, its prefixes v1/, in place as an asset of ${place}`,
  EXPORT_ASSETS_TO_S3: `exports 1 asset of ${place} to target`,
  EXPORT_ASSET_TO_SIGNED_URL: `makes a signed URL from which asset ID of ${place} can be downloaded`,
  EXPORT_REVISIONS_TO_S3: "exports 1 revision of data set ID to target",
};

const share = "arn:aws:redshift:us-east-1:123456789012:datashare:f1e2d3c4-0000-1111-2222-333344445555/sales";

const causes: Record<string, string | string[]> = {
  IMPORT_ASSETS_FROM_S3: "1 object added: s3://source/b.csv; 1 object removed: s3://source/a.csv",
  IMPORT_ASSET_FROM_SIGNED_URL: "the upload's content changed",
  IMPORT_ASSET_FROM_API_GATEWAY_API: "stage changed from prod to next",
  IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES: `1 datashare added: ${share}2; 1 datashare removed: ${share}1`,
  IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY:
    "roleArn changed from arn:aws:iam::123456789012:role/grants1 to arn:aws:iam::123456789012:role/grants2",
  CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET:
    "assetSource.keyPrefixes added: v2/; assetSource.keyPrefixes removed: v1/",
  EXPORT_ASSETS_TO_S3: "1 asset changed: ID to s3://target/asset-1.csv → ID to s3://target/asset-2.csv",
  EXPORT_ASSET_TO_SIGNED_URL: "assetId changed from ID to ID",
  EXPORT_REVISIONS_TO_S3:
    "1 revision changed: ID to s3://target/revision-1/${Asset.Name} → ID to s3://target/revision-2/${Asset.Name}",
};

describe("a review of the nine job types", function () {
  this.timeout("10m");
  const shared = useStack();
  let jobs: NineJobs;
  let created: Told, unchanged: Told, changed: Told;

  before(async () => {
    const { stack, world } = shared;
    jobs = await prepareNineJobs(world);
    const declare = (variant: 1 | 2) => () => {
      for (const [name, args] of Object.entries(jobs(variant))) new Job(name, args);
      return Promise.resolve();
    };
    created = tell(await previewJson(stack, declare(1)));
    ok(await stack.up(declare(1)));
    unchanged = tell(await previewJson(stack, declare(1)));
    changed = tell(await previewJson(stack, declare(2)));
  });

  for (const type of Object.keys(sentences)) {
    it(`says what ${type} does`, () => {
      const job = find(created, type);
      expect(job).to.include({ action: "new", type, does: sentences[type] });
      expect(reasonsOf(created, type)).to.deep.equal(["it is new"]);
    });

    it(`says why ${type} runs again`, () => {
      expect(find(changed, type).action).to.equal("rerun");
      expect(reasonsOf(changed, type)).to.deep.equal([causes[type]].flat());
    });
  }

  it("counts them in one line", () => {
    expect(created.headline).to.equal("9 new jobs will run");
    expect(unchanged.headline).to.equal("no Data Exchange jobs are affected, 9 stay");
    expect(changed.headline).to.equal("9 jobs run again");
    expect(unchanged.jobs).to.deep.equal([]);
  });

  it("calls the signed URL of an export a credential, and no other result", () => {
    const told = created.jobs.filter(({ cautions }) => cautions.length > 0);
    expect(told.map(({ type }) => type)).to.deep.equal(["EXPORT_ASSET_TO_SIGNED_URL"]);
    expect(cautionsOf(created, "EXPORT_ASSET_TO_SIGNED_URL")).to.deep.equal([
      "its result is a credential: the output signedUrl opens the asset to whoever has it",
    ]);
  });

  it("says of each import into the same revision what it leaves there twice", () => {
    const kinds = (type: string) => find(changed, type).cautions.map(({ kind }) => kind);
    expect(kinds("IMPORT_ASSET_FROM_SIGNED_URL")).to.deep.equal(["doubles"]);
    expect(kinds("IMPORT_ASSETS_FROM_S3")).to.deep.equal(["leftovers"]);
    for (const type of Object.keys(sentences).filter((type) => /^(IMPORT|CREATE)/.test(type)))
      expect(kinds(type), type).to.have.length(1);
  });

  it("sees no overwriting in an export to other keys", () => {
    for (const type of ["EXPORT_ASSETS_TO_S3", "EXPORT_REVISIONS_TO_S3"])
      expect(cautionsOf(changed, type)).to.deep.equal([]);
  });

  it("tells no API key", () => {
    for (const told of [created, unchanged, changed]) expect(JSON.stringify(told)).not.to.contain("planted-");
  });
});

describe("a review of a change", function () {
  this.timeout("5m");
  const shared = useStack();
  let at: { dataSetId: string; revisionId: string };

  before(async () => {
    await shared.world.bucket("source", { "a.csv": "1", "b.csv": "2", "c.csv": "3" });
    await shared.world.bucket("target");
  });
  beforeEach(async () => (at = await shared.world.place()));
  afterEach(() => shared.stack.destroy());

  /** Brings one program up and tells what the previews of others say. */
  async function change(before: PulumiFn, ...after: PulumiFn[]): Promise<Told[]> {
    const { stack } = shared;
    ok(await stack.up(before));
    const told: Told[] = [];
    for (const program of after) told.push(tell(await previewJson(stack, program)));
    return told;
  }

  it("of sources names them, and what comes to be in the revision twice or stays there", async () => {
    const of = (keys: string[], rest?: Partial<JobArgs>) => declareJob(importOf(at, keys, rest));
    const [added, removed, both, order] = await change(
      of(["a.csv", "b.csv"]),
      of(["a.csv", "b.csv", "c.csv"]),
      of(["b.csv"]),
      of(["b.csv", "c.csv"]),
      of(["b.csv", "a.csv"]),
    );
    expect(added!.headline).to.equal("1 job runs again");
    expect(reasonsOf(added!)).to.deep.equal(["1 object added: s3://source/c.csv"]);
    expect(cautionsOf(added!)).to.have.length(1);
    expect(cautionsOf(added!)[0]).to.match(
      /^revision ID is the same, so 2 assets will be in it twice: [ab]\.csv, [ab]\.csv; onDelete: "deleteAssets"/,
    );
    expect(reasonsOf(removed!)).to.deep.equal(["1 object removed: s3://source/a.csv"]);
    expect(reasonsOf(both!)).to.deep.equal([
      "1 object added: s3://source/c.csv; 1 object removed: s3://source/a.csv",
    ]);
    expect(cautionsOf(both!)).to.deep.equal([
      'revision ID is the same, so 1 asset will be in it twice: b.csv; onDelete: "deleteAssets", applied before this, has the old ones deleted',
      "revision ID is the same, so 1 asset of its last run stays in it beside the new: a.csv",
    ]);
    expect(order!.headline).to.equal("no Data Exchange jobs are affected, 1 stays");
  });

  it("of sources says what deleteAssets deletes, and is right about it", async () => {
    const { stack, world } = shared;
    const of = (keys: string[], onDelete?: "deleteAssets") => declareJob(importOf(at, keys, { onDelete }));
    const [late] = await change(of(["a.csv", "b.csv"]), of(["b.csv"], "deleteAssets"));
    expect(cautionsOf(late!)[0]).to.contain("onDelete changes in the same run, where it does not count yet");
    ok(await stack.up(of(["a.csv", "b.csv"], "deleteAssets")));
    const told = tell(await previewJson(stack, of(["b.csv"], "deleteAssets")));
    expect(cautionsOf(told)).to.deep.equal([
      "2 assets of its last run are deleted, unless the revision is finalized",
    ]);
    ok(await stack.up(of(["b.csv"], "deleteAssets")));
    expect(await world.assetNames(at)).to.deep.equal(["b.csv"]);
  });

  it("of sources to another revision has nothing to look out for", async () => {
    const other = await shared.world.place();
    const [told] = await change(declareJob(importOf(at, ["a.csv"])), declareJob(importOf(other, ["a.csv"])));
    expect(reasonsOf(told!)).to.deep.equal([
      "dataSetId changed from ID to ID",
      "revisionId changed from ID to ID",
    ]);
    expect(cautionsOf(told!)).to.deep.equal([]);
  });

  it("of more than ten sources names ten and the number of the rest", async () => {
    const keys = Array.from({ length: 12 }, (_, index) => `more-${index + 10}.csv`);
    const [told] = await change(
      declareJob(importOf(at, ["a.csv"])),
      declareJob(importOf(at, ["a.csv", ...keys])),
    );
    const names = keys.slice(0, 10).map((key) => `s3://source/${key}`);
    expect(reasonsOf(told!)).to.deep.equal([`12 objects added: ${names.join(", ")} and 2 more`]);
  });

  it("of triggers, tags, type or by order of the user says which", async () => {
    const { stack } = shared;
    const of = (rest: Partial<JobArgs>) => declareJob(importOf(at, ["a.csv"], rest));
    const [trigger, tags, type, both] = await change(
      of({ triggers: [{ etag: "one" }, "fixed"] }),
      of({ triggers: [{ etag: "two" }, "fixed"] }),
      of({
        triggers: [{ etag: "one" }, "fixed"],
        assetConfiguration: { tags: [{ key: "team", value: "risk" }] },
      }),
      declareJob({
        type: "EXPORT_REVISIONS_TO_S3",
        details: {
          exportRevisionsToS3: {
            dataSetId: at.dataSetId,
            revisionDestinations: [{ revisionId: at.revisionId, bucket: "target" }],
          },
        },
        triggers: [{ etag: "one" }, "fixed"],
      }),
      of({ triggers: [{ etag: "two" }, "fixed", { day: "monday" }] }),
    );
    expect(reasonsOf(trigger!)).to.deep.equal(["trigger etag changed from one to two"]);
    expect(reasonsOf(tags!)).to.deep.equal(["the tags of its assets changed"]);
    expect(reasonsOf(type!)).to.deep.equal([
      "its type changed from IMPORT_ASSETS_FROM_S3 to EXPORT_REVISIONS_TO_S3",
    ]);
    expect(cautionsOf(type!)).to.deep.equal([]);
    expect(reasonsOf(both!)).to.deep.equal([
      "trigger etag changed from one to two",
      "trigger day added: monday",
    ]);
    const { urn } = await stack.job();
    const same = of({ triggers: [{ etag: "one" }, "fixed"] });
    const asked = tell(await previewJson(stack, same, { replace: [urn] }));
    expect(find(asked).action).to.equal("rerun");
    expect(reasonsOf(asked)).to.have.length(1);
    expect(reasonsOf(asked)[0]).to.contain("--replace");
    const { pulumiCommand, workDir, envVars } = stack.stack.workspace as LocalWorkspace;
    const command = pulumiCommand as unknown as { run: (...args: unknown[]) => Promise<unknown> };
    await command.run(["state", "taint", urn, "--yes", "--stack", "test"], workDir, envVars);
    expect(reasonsOf(tell(await previewJson(stack, same)))).to.deep.equal([
      "it is marked for replacement (pulumi state taint)",
    ]);
  });

  it("of an export's trigger says which objects it overwrites", async () => {
    const { world } = shared;
    const { revisionId, assetId } = await world.importedAsset(at.revisionId, at.dataSetId, "source", "a.csv");
    const program = (day: string) => () => {
      new Job("assets", {
        type: "EXPORT_ASSETS_TO_S3",
        details: {
          exportAssetsToS3: { ...at, assetDestinations: [{ assetId, bucket: "target", key: "one" }] },
        },
        triggers: [{ day }],
      });
      new Job("revisions", {
        type: "EXPORT_REVISIONS_TO_S3",
        details: {
          exportRevisionsToS3: {
            dataSetId: at.dataSetId,
            revisionDestinations: [{ revisionId, bucket: "target", keyPattern: "all/${Asset.Name}" }],
          },
        },
        triggers: [{ day }],
      });
      return Promise.resolve();
    };
    const [told] = await change(program("monday"), program("tuesday"));
    expect(cautionsOf(told!, "assets")).to.deep.equal([
      "it overwrites what its last run wrote: s3://target/one",
    ]);
    expect(cautionsOf(told!, "revisions")).to.deep.equal([
      "it overwrites what its last run wrote: s3://target/all/${Asset.Name}",
    ]);
  });

  it("of a secret tells that it changed and never what it is", async () => {
    const of = (key: string, day = "monday") =>
      declareJob({
        type: "IMPORT_ASSETS_FROM_S3",
        details: { importAssetsFromS3: { ...at, assetSources: [{ bucket: "source", key: secret(key) }] } },
        triggers: [{ day: secret(day) }],
      });
    await shared.world.put("source", "planted-1.csv", "1");
    const first = tell(await previewJson(shared.stack, of("planted-1.csv", "planted-day")));
    const [details, trigger] = await change(
      of("planted-1.csv", "planted-day"),
      of("planted-2.csv", "planted-day"),
      of("planted-1.csv", "planted-other-day"),
    );
    for (const told of [first, details!, trigger!]) expect(JSON.stringify(told)).not.to.contain("planted-");
    expect(reasonsOf(first)).to.deep.equal(["it is new"]);
    expect(reasonsOf(details!)).to.deep.equal(["a secret in details changed"]);
    expect(reasonsOf(trigger!)).to.deep.equal(["a secret in triggers changed"]);
    expect(cautionsOf(details!)[0]).to.match(/may be in it twice/);
  });

  it("of what another job gives says until when it is not known", async () => {
    const program = (day: string) => () => {
      const first = new Job("first", importOf(at, ["a.csv"], { triggers: [{ day }] }));
      const key = first.id.apply(() => "b.csv");
      new Job("second", {
        type: "IMPORT_ASSETS_FROM_S3",
        details: { importAssetsFromS3: { ...at, assetSources: [{ bucket: "source", key }] } },
      });
      return Promise.resolve();
    };
    const created = tell(await previewJson(shared.stack, program("monday")));
    expect(created.headline).to.equal("2 new jobs will run");
    expect(reasonsOf(created, "second")).to.deep.equal([
      "it is new",
      "details not known until job first exists",
    ]);
    const [told] = await change(program("monday"), program("tuesday"));
    expect(told!.headline).to.equal("1 job runs again, 1 may run again");
    expect(find(told!, "second").action).to.equal("mayRerun");
    expect(reasonsOf(told!, "second")).to.deep.equal(["1 object not known until job first is replaced"]);
    expect(cautionsOf(told!, "second")[0]).to.match(/may be in it twice/);
  });

  it("of settings, and of a job that goes, says that nothing runs", async () => {
    const [update, gone] = await change(
      declareJob(importOf(at, ["a.csv"])),
      declareJob(importOf(at, ["a.csv"], { timeouts: { run: "1h" }, onDelete: "deleteAssets" })),
      nothing,
    );
    expect(update!.headline).to.equal("1 job is updated in place");
    expect(update!.changed).to.have.length(1);
    expect(update!.changed[0]!.text).to.match(
      /^is updated in place: (timeouts, onDelete|onDelete, timeouts); nothing runs$/,
    );
    expect(gone!.headline).to.equal("1 job is deleted");
    expect(gone!.changed.map(({ text }) => text)).to.deep.equal(["is deleted; 1 asset that it made stays"]);
    await shared.stack.up(declareJob(importOf(at, ["a.csv"], { onDelete: "deleteAssets" })));
    expect(tell(await previewJson(shared.stack, nothing)).changed[0]!.text).to.equal(
      "is deleted, and with it 1 asset that it made, unless their revision is finalized",
    );
  });

  it("after a run that failed says how, and with which objects", async () => {
    const { stack, world } = shared;
    const program = declareJob(importOf(at, ["a.csv", "missing.csv"]));
    expect((await stack.up(program)).error).to.be.an("error");
    const told = tell(await previewJson(stack, program));
    expect(told.headline).to.equal("1 job runs again");
    expect(reasonsOf(told)).to.have.length(1);
    expect(reasonsOf(told)[0]).to.match(
      /^its last run ended in ERROR: RESOURCE_NOT_FOUND_EXCEPTION: .* \(s3:\/\/source\/missing\.csv\)$/,
    );
    await world.put("source", "missing.csv", "2");
  });

  it("after a run that was left says that it goes on, or is cancelled", async () => {
    const { stack, world } = shared;
    const of = (run: string) => declareJob(importOf(at, ["b.csv"], { timeouts: { run } }));
    const release = world.local.holdJobs();
    await stack.up(of("1s"));
    const goesOn = tell(await previewJson(stack, of("5m")));
    const cancelled = tell(await previewJson(stack, nothing));
    release();
    expect(goesOn.headline).to.equal("1 job goes on");
    expect(reasonsOf(goesOn)).to.deep.equal(["its last run was left in IN_PROGRESS"]);
    expect(cancelled.headline).to.equal("1 job is cancelled");
    expect(cancelled.changed[0]!.text).to.equal(
      "is deleted; its job, left in IN_PROGRESS, is cancelled if it has not been started",
    );
  });

  it("around a finalization says what it does to the revision, and what that does to an import", async () => {
    const of = (key: string) => () => {
      const job = new Job("prices", importOf(at, [key]));
      new RevisionFinalization("published", { ...at, jobs: [job.id] });
      return Promise.resolve();
    };
    const created = tell(await previewJson(shared.stack, of("a.csv")));
    expect(cautionsOf(created, "prices")).to.deep.equal([
      "revision published is finalized in this run: its assets go to subscribers and can no longer be changed",
    ]);
    const [told] = await change(of("a.csv"), of("b.csv"));
    expect(cautionsOf(told!, "prices")).to.contain(
      "revision published is finalized: nothing can be imported into it",
    );
  });

  it("names the component that declares a job", async () => {
    class Feed extends ComponentResource {
      constructor(name: string) {
        super("market:index:Feed", name);
      }
    }
    const told = tell(
      await previewJson(shared.stack, () => {
        new Job("prices", importOf(at, ["a.csv"]), { parent: new Feed("europe") });
        return Promise.resolve();
      }),
    );
    expect(find(told, "prices").component).to.include({ type: "market:index:Feed", name: "europe" });
    expect(told.markdown).to.contain("- **`prices`** of `europe` (`market:index:Feed`) imports 1 object of");
    expect(told.text).to.contain("prices of europe (market:index:Feed) imports 1 object of");
    expect(told.otherResources).to.deep.equal({ create: 1 });
  });
});

describe("a review of a stack", function () {
  this.timeout("10m");
  const shared = useStack();
  const at = { dataSetId: "0".repeat(32), revisionId: "1".repeat(32) };

  const many = (number: number) => () => {
    for (let index = 0; index < number; index++) new Job(`import-${index}`, importOf(at, [`${index}.csv`]));
    return Promise.resolve();
  };

  it("without jobs says so, with and without the resources that stay", async () => {
    const { stack } = shared;
    for (const sames of [true, false]) {
      const told = tell(await previewJson(stack, nothing, { sames }));
      expect(told.headline).to.equal("no Data Exchange jobs are affected");
      expect(told.jobs.concat(told.changed as never)).to.deep.equal([]);
    }
    ok(await stack.up(nothing));
    expect(tell(await previewJson(stack, nothing)).headline).to.equal("no Data Exchange jobs are affected");
    expect(tell(await previewJson(stack, nothing, { sames: false })).headline).to.equal(
      "no Data Exchange jobs are affected",
    );
  });

  it("says in how many waves jobs run beyond the quota, as far as it is raised", async () => {
    const { stack } = shared;
    expect(tell(await previewJson(stack, many(10))).queues).to.deep.equal([]);
    const told = tell(await previewJson(stack, many(25)));
    expect(told.queues.map(({ text }) => text)).to.deep.equal([
      "25 jobs of type IMPORT_ASSETS_FROM_S3: 10 may be in progress at once, so they run in 3 waves",
    ]);
    const key = "dataexchange:concurrentJobs";
    await stack.stack.setConfig(key, { value: JSON.stringify({ IMPORT_ASSETS_FROM_S3: 20 }) });
    const raised = tell(await previewJson(stack, many(25)));
    await stack.stack.removeConfig(key);
    expect(raised.queues.map(({ waves }) => waves)).to.deep.equal([2]);
  });

  it("with errors tells them and that it may not be whole", async () => {
    const { stack } = shared;
    const told = tell(
      await previewJson(stack, () => {
        new Job("good", importOf(at, ["a.csv"]));
        new Job("bad", importOf({ ...at, dataSetId: "too-short" }, [""]));
        return Promise.resolve();
      }),
    );
    expect(told.headline).to.match(/^the preview failed/);
    const messages = told.errors.map(({ resource, message }) => `${resource}: ${message}`).join("\n");
    expect(messages)
      .to.contain("bad: ")
      .and.contain("details.importAssetsFromS3.dataSetId")
      .and.contain("details.importAssetsFromS3.assetSources[0].key");
    expect(told.markdown).to.contain("**The preview failed**, so jobs may be missing here.");
    const thrown = tell(await previewJson(stack, () => Promise.reject(new Error("nothing goes"))));
    expect(thrown.headline).to.equal("the preview failed before it came to a job");
    expect(JSON.stringify(thrown.errors)).to.contain("nothing goes");
  });

  it("with 1,000 jobs takes less than two seconds", async () => {
    const json = await previewJson(shared.stack, many(1000));
    const before = process.cpuUsage();
    const told = tell(json);
    const { user, system } = process.cpuUsage(before);
    const milliseconds = Math.round((user + system) / 1000);
    console.log(`      1,000 jobs of the engine: ${milliseconds} ms of CPU`);
    expect(told.headline).to.equal("1,000 new jobs will run");
    expect(milliseconds).to.be.below(2000);
  });
});

describe("a review of a stack with resources of AWS", function () {
  this.timeout("5m");
  const shared = useStack({}, awsPlugin);

  afterEach(() => shared.stack.destroy());

  interface Change {
    comment?: string;
    assetType?: string;
    without?: boolean;
  }

  const program =
    ({ comment = "first", assetType, without }: Change = {}): PulumiFn =>
    () => {
      const bucket = new s3.Bucket("source", { bucket: "source-files" });
      const object = new s3.BucketObjectv2("file", { bucket, key: "a.csv", content: "1" });
      const dataSet = new dataexchange.DataSet("prices", {
        assetType: assetType ?? "S3_SNAPSHOT",
        description: "daily prices",
      });
      const revision = new dataexchange.Revision("november", { dataSetId: dataSet.id, comment });
      if (without) return Promise.resolve();
      new Job("import", {
        type: "IMPORT_ASSETS_FROM_S3",
        details: {
          importAssetsFromS3: {
            dataSetId: dataSet.id,
            revisionId: revision.revisionId,
            assetSources: [{ bucket: bucket.bucket, key: object.key }],
          },
        },
        triggers: [{ etag: object.etag }],
      });
      return Promise.resolve();
    };

  it("names what has to exist before all is known, and counts the others", async () => {
    const told = tell(await previewJson(shared.stack, program()));
    const job = find(told, "import");
    expect(job.does).to.match(
      / into revision november \(not known yet\) of data set prices \(not known yet\)$/,
    );
    const [, details, triggers] = reasonsOf(told, "import");
    expect(details)
      .to.match(/^details not known until /)
      .and.contain("data set prices exists")
      .and.contain("revision november exists");
    expect(triggers).to.match(/^triggers not known until bucket objectv2 file exists$/);
    expect(told.otherResources).to.deep.equal({ create: 4 });
    expect(told.markdown).to.contain("Other resources: 4 created.");
  });

  it("says what becomes of the revision that a job works on", async () => {
    const { stack } = shared;
    ok(await stack.up(program()));
    const same = tell(await previewJson(stack, program()));
    expect(same.headline).to.equal("no Data Exchange jobs are affected, 1 stays");

    const replaced = tell(await previewJson(stack, program({ assetType: "REDSHIFT_DATA_SHARE" })));
    expect(cautionsOf(replaced, "import").join("\n"))
      .to.contain("data set prices is replaced, and what is in the old one goes with it")
      .and.contain("revision november is replaced")
      .and.not.contain("twice");
    expect(reasonsOf(replaced, "import").join("\n")).to.contain("not known until");

    const gone = tell(await previewJson(stack, program({ without: true })));
    expect(gone.headline).to.equal("1 job is deleted");
    expect(gone.otherResources).to.deep.equal({ same: 4 });
  });
});

describe("a review of an upload", function () {
  this.timeout("5m");
  const shared = useStack();

  afterEach(() => shared.stack.destroy());

  it("says that its content changed, and tells none of it", async () => {
    const { stack, world } = shared;
    const at = await world.place();
    const of = (body: string) =>
      declareJob({
        type: "IMPORT_ASSET_FROM_SIGNED_URL",
        details: { importAssetFromSignedUrl: { ...at, assetName: "body.txt" } },
        upload: new asset.StringAsset(body),
      });
    ok(await stack.up(of("planted-one")));
    const told = tell(await previewJson(stack, of("planted-two")));
    expect(reasonsOf(told)).to.deep.equal(["the upload's content changed"]);
    expect(cautionsOf(told)[0]).to.contain("1 asset will be in it twice: body.txt");
    expect(JSON.stringify(told)).not.to.contain("planted-");
    expect(tell(await previewJson(stack, of("planted-one"))).jobs).to.deep.equal([]);
  });
});
