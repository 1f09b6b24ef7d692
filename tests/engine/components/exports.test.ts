import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import * as dataexchange from "@pulumi/aws/dataexchange";
import { output, unknown, type Input, type Output } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { jobPolicy } from "../../../components/job-policy";
import type { RevisionExportArgs } from "../../../components/revision-export";
import { RevisionExport } from "../../../components/revision-export";
import type { S3ExportArgs } from "../../../components/s3-export";
import { S3Export } from "../../../components/s3-export";
import type { SignedDownloadArgs } from "../../../components/signed-download";
import { SignedDownload } from "../../../components/signed-download";
import { Job } from "../../../provider/dynamic/job";
import { jobSetToken } from "../../../provider/state-contract";
import { awsPlugin, useStack, expectSuccess } from "../../harness/stack";
import { importArgs } from "../../harness/programs";
import type { EngineRun } from "../../harness/stack";

/** What a program that must not run says. */
const refusal = ({ error, stdout, stderr }: EngineRun): string => {
  expect(error).to.be.an("error");
  return stdout + stderr;
};

/** What the engine was told to show of the components. */
const said = ({ events }: EngineRun): string =>
  events.map(({ diagnosticEvent }) => diagnosticEvent?.message ?? "").join("");

const unknownInPreview = (): Output<string> => output(unknown) as unknown as Output<string>;

describe("exports on the engine", function () {
  this.timeout("5m");
  const shared = useStack({ requireBucketPolicy: true }, awsPlugin);
  const keys = Array.from({ length: 120 }, (_, index) => `prices/${index}.csv`);
  let place: { dataSetId: string; revisionId: string };
  let assets: { id: string; name: string }[];

  before(async () => {
    const { service, stack } = shared;
    await service.createBucket(
      "source",
      Object.fromEntries(keys.map((key) => [key, `bytes of ${key} \u0000ü`])),
    );
    place = await service.createEmptyRevision();
    // More assets than one job takes, and one more with a name of another.
    const { outputs } = expectSuccess(
      await stack.up(() => {
        const jobs = [keys.slice(0, 60), keys.slice(60)].map(
          (some, index) => new Job(`import-${index}`, importArgs(place, some)),
        );
        return Promise.resolve({
          assets: output(jobs.map(({ assets }) => assets)).apply((made) => made.flat()),
        });
      }),
    );
    assets = (outputs.assets!.value as typeof assets).map(({ id, name }) => ({ id, name }));
    await stack.clearState();
  });
  afterEach(async () => {
    shared.service.local.faults.clear();
    await shared.stack.clearState();
  });

  let buckets = 0;
  const newBucket = () => shared.service.createBucket(`target-${++buckets}`);
  const jobIds = () => shared.stack.listJobIds();

  describe("S3Export", () => {
    const exporting =
      (bucket: string, more: Partial<S3ExportArgs> = {}): PulumiFn =>
      () => {
        const { jobIds, states, objects } = new S3Export("copies", { ...place, bucket, assets, ...more });
        return Promise.resolve({ jobIds, states, objects });
      };

    it("writes more than 100 assets byte for byte, in jobs of at most 100, and leaves them alone", async () => {
      const { stack, service } = shared;
      const bucket = await newBucket();
      const program = exporting(bucket, { key: "from/${Asset.Name}" });
      const requests = service.local.requests.length;
      expect(expectSuccess(await stack.preview(program)).changes).to.deep.equal({ create: 3 });
      expect(service.countCalls(requests)).to.deep.equal({});

      const { outputs } = expectSuccess(await stack.up());
      expect(outputs.states!.value).to.deep.equal(["COMPLETED", "COMPLETED"]);
      expect(outputs.jobIds!.value).to.have.members(await jobIds());
      expect(outputs.objects!.value).to.deep.equal(
        assets.map(({ id, name }) => ({ bucket, key: `from/${name}`, assetId: id })),
      );
      expect(await service.readObjects(bucket)).to.deep.equal(
        Object.fromEntries(keys.map((key) => [`from/${key}`, `bytes of ${key} \u0000ü`])),
      );
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 3 });
    });

    it("takes ids alone, and a function for the key, which the state does not hold", async () => {
      const { stack, service } = shared;
      const bucket = await newBucket();
      const [first, second] = assets;
      expectSuccess(await stack.up(exporting(bucket, { assets: [first!.id, second!] })));
      expect(Object.keys(await service.readObjects(bucket)).sort()).to.deep.equal(
        [first!.name, second!.name].sort(),
      );
      const other = await newBucket();
      const key = ({ name }: { name: string }) => name.replaceAll("/", "-");
      expectSuccess(await stack.up(exporting(other, { assets: [first!], key })));
      expect(Object.keys(await service.readObjects(other))).to.deep.equal([key(first!)]);
      expect(await stack.readState()).not.to.contain("replaceAll");
    });

    it("shows in a preview of unknown assets one set, and says that the number of its jobs is decided later", async () => {
      const { stack, service } = shared;
      const bucket = await newBucket();
      const fresh = await service.createRevision(place.dataSetId);
      const program: PulumiFn = () => {
        const target = { dataSetId: place.dataSetId, revisionId: fresh };
        const imported = new Job("import", importArgs(target, keys.slice(0, 2)));
        const { objects } = new S3Export("copies", { ...target, bucket, assets: imported.assets });
        return Promise.resolve({ objects });
      };
      const preview = expectSuccess(await stack.preview(program));
      expect(preview.changes).to.deep.equal({ create: 4 });
      expect(said(preview)).to.contain("how many jobs there are is decided later");
      const up = expectSuccess(await stack.up());
      expect(up.changes).to.deep.equal({ create: 4 });
      expect(Object.keys(await service.readObjects(bucket)).sort()).to.deep.equal(keys.slice(0, 2).sort());

      const counted = expectSuccess(
        await stack.preview(exporting(bucket, { assets: assets.map(unknownInPreview) })),
      );
      expect(said(counted)).to.contain("at least 2 for 120 assets");
    });

    it("runs again for a trigger, and hands on what it is given to every job", async () => {
      const { stack } = shared;
      const bucket = await newBucket();
      const program = (day: number) =>
        exporting(bucket, { triggers: [day], timeouts: { run: "1h" }, encryption: { type: "AES256" } });
      expectSuccess(await stack.up(program(1)));
      const before = await jobIds();
      expectSuccess(await stack.up(program(2)));
      const after = await jobIds();
      expect(after).to.have.length(2);
      expect(before).not.to.include.oneOf(after);
      const [set] = await stack.resources(jobSetToken);
      expect(set!.inputs.timeouts).to.deep.equal({ run: "1h" });
      for (const job of Object.values(set!.inputs.jobs as object))
        expect(JSON.stringify(job)).to.contain('"encryption":{"type":"AES256"}');
    });
  });

  describe("RevisionExport", () => {
    const exporting =
      (args: Partial<RevisionExportArgs> & { bucket: Input<string> }): PulumiFn =>
      () => {
        const { jobIds, states, eventActionArn } = new RevisionExport("whole", {
          dataSetId: place.dataSetId,
          ...args,
        });
        return Promise.resolve({ jobIds, states, eventActionArn });
      };
    const filled = async (dataSetId: string, key: string) => {
      const revisionId = await shared.service.createRevision(dataSetId);
      await shared.service.importAsset({ dataSetId, revisionId }, "source", key);
      return revisionId;
    };

    it("runs one job for each revision, and for one more that job alone", async () => {
      const { stack, service } = shared;
      const bucket = await newBucket();
      const dataSetId = await service.createDataSet();
      const revisions = [await filled(dataSetId, keys[0]!), await filled(dataSetId, keys[1]!)];
      const keyPattern = "${Revision.Id}/${Asset.Name}";
      const program = (revisionIds: string[]) => exporting({ dataSetId, bucket, revisionIds, keyPattern });
      expect(expectSuccess(await stack.preview(program(revisions))).changes).to.deep.equal({ create: 4 });
      expectSuccess(await stack.up());
      const before = await jobIds();
      expect(Object.keys(await service.readObjects(bucket)).sort()).to.deep.equal(
        [`${revisions[0]}/${keys[0]}`, `${revisions[1]}/${keys[1]}`].sort(),
      );
      const third = await filled(dataSetId, keys[2]!);
      const up = expectSuccess(await stack.up(program([third, ...revisions])));
      expect(up.changes).to.deep.equal({ create: 1, same: 4 });
      expect(await jobIds()).to.include.members(before);
      expect(up.outputs.eventActionArn?.value).to.equal(undefined);
    });

    it("says of how many revisions the jobs are decided later", async () => {
      const { stack } = shared;
      const program = exporting({
        bucket: "nowhere",
        revisionIds: [place.revisionId, unknownInPreview()],
        keyPattern: "${Revision.Id}/${Asset.Name}",
      });
      const preview = expectSuccess(await stack.preview(program));
      expect(preview.changes).to.deep.equal({ create: 3 });
      expect(said(preview)).to.contain("1 of 2 revisions are not known yet");
    });

    it("with autoExport, has each revision that is published exported by the service itself", async () => {
      const { stack, service } = shared;
      const bucket = await newBucket();
      const own = await service.createDataSet();
      const dataSetId = await service.createEntitledDataSet(own);
      const program: PulumiFn = () => {
        const { eventActionArn } = new RevisionExport("whole", {
          dataSetId,
          bucket,
          keyPattern: "auto/${Revision.Id}/${Asset.Name}",
          autoExport: true,
        });
        return Promise.resolve({ eventActionArn });
      };
      // Stack, component, bucket policy, event action.
      expect(expectSuccess(await stack.preview(program)).changes).to.deep.equal({ create: 4 });
      const { outputs } = expectSuccess(await stack.up());
      expect(outputs.eventActionArn!.value).to.contain(":event-actions/");
      const { Policy } = await service.s3.send(new GetBucketPolicyCommand({ Bucket: bucket }));
      expect(Policy)
        .to.contain('"aws:SourceAccount":"000000000000"')
        .and.to.contain(`arn:aws:s3:::${bucket}/*`);

      const revisionId = await filled(own, keys[0]!);
      await service.finalizeRevision({ dataSetId: own, revisionId });
      const exported = async () =>
        Object.entries(await service.readObjects(bucket)).filter(([key]) => key.startsWith("auto/"));
      while ((await exported()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      const [[key, bytes] = []] = await exported();
      expect(key).to.match(new RegExp(`^auto/[0-9a-f]{32}/${keys[0]}$`));
      expect(bytes).to.equal(`bytes of ${keys[0]} \u0000ü`);
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 4 });
    });

    it("leaves the bucket policy to the program if asked to", async () => {
      const { stack } = shared;
      const preview = expectSuccess(
        await stack.preview(exporting({ bucket: "its-own", autoExport: true, bucketPolicy: false })),
      );
      expect(preview.changes).to.deep.equal({ create: 3 });
      expect(preview.stdout).not.to.contain("BucketPolicy");
    });
  });

  it("refuse in one preview, each in a sentence, what would overwrite, export nothing, or has no place", async () => {
    const { stack, service } = shared;
    const requests = service.local.requests.length;
    const [one, two] = ["a".repeat(32), "b".repeat(32)] as [string, string];
    const chosen = (args: Partial<S3ExportArgs>) => (name: string) =>
      new S3Export(name, { ...place, bucket: "nowhere", assets, ...args });
    const whole = (args: Partial<RevisionExportArgs>) => (name: string) =>
      new RevisionExport(name, { dataSetId: place.dataSetId, bucket: "nowhere", ...args });
    const download = (path: string) => (name: string) =>
      new SignedDownload(name, { ...place, assetId: assets[0]!.id, path });
    const ownDataSet = (name: string) =>
      new dataexchange.DataSet(name, { assetType: "S3_SNAPSHOT", description: "d" });
    const refused: [(name: string) => unknown, RegExp][] = [
      [chosen({ key: "one.csv" }), /assets \w+ and \w+ would both be written to the key "one\.csv"/],
      [chosen({ assets: [] }), /assets is empty/],
      [whole({ revisionIds: [one, two] }), /.* 2 revisions would overwrite each other's assets/],
      [whole({ revisionIds: [one, one] }), /revisionIds names a{32} twice/],
      [
        whole({ revisionIds: [one], keyPattern: "${Nothing}" }),
        /keyPattern has a placeholder at character 1 that is none of/,
      ],
      [whole({}), /.*give revisionIds, or set autoExport, or both/],
      [whole({ revisionIds: [] }), /revisionIds is empty/],
      [
        (name) => whole({ autoExport: true, dataSetId: ownDataSet(name).id })(name),
        /dataSetId is of a data set that this program makes and so owns; .*an entitled data set alone/,
      ],
      [
        whole({
          autoExport: true,
          dataSetId: `arn:aws:dataexchange:us-east-1:000000000000:data-sets/${one}`,
        }),
        /dataSetId is the ARN of a data set that the account 000000000000 owns/,
      ],
      [download(tmpdir()), /.* is a folder; name a file/],
    ];
    const said = refusal(
      await stack.preview(() => {
        refused.forEach(([declare], index) => declare(`number-${index}`));
        return Promise.resolve();
      }),
    );
    refused.forEach(([, sentence], index) =>
      expect(said).to.match(new RegExp(`\\w+ "number-${index}": ${sentence.source}`)),
    );
    expect(said).not.to.match(/\n\s+at /);
    expect(service.countCalls(requests)).to.deep.equal({});
  });

  describe("SignedDownload", () => {
    let folder: string;
    beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "download-"))));
    afterEach(() => rm(folder, { recursive: true }));

    const downloading =
      (args: Partial<SignedDownloadArgs> = {}): PulumiFn =>
      () => {
        const { url, urlExpiresAt, path } = new SignedDownload("prices", {
          ...place,
          assetId: assets[0]!.id,
          ...args,
        });
        return Promise.resolve({ url, urlExpiresAt, path });
      };
    const downloads = () =>
      shared.service.local.requests.filter(({ operation }) => operation === "CreateJob").length;

    it("gives a URL as a secret, and a new one for a trigger", async () => {
      const { stack } = shared;
      const first = expectSuccess(await stack.up(downloading({ triggers: ["monday"] })));
      expect(first.outputs.url!.secret).to.equal(true);
      expect(first.outputs.urlExpiresAt!.secret).to.equal(false);
      expect(await (await fetch(first.outputs.url!.value as string)).text()).to.equal(
        `bytes of ${assets[0]!.name} \u0000ü`,
      );
      expect(Date.parse(first.outputs.urlExpiresAt!.value as string)).to.be.greaterThan(Date.now());
      expect(first.outputs.path?.value).to.equal(undefined);
      expect(await stack.readState()).not.to.contain("X-Amz-Signature");
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 3 });
      const second = expectSuccess(await stack.up(downloading({ triggers: ["tuesday"] })));
      expect(second.outputs.url!.value).not.to.equal(first.outputs.url!.value);
    });

    it("writes the file in the up, keeps it, and brings it again when it is gone, changed or another", async () => {
      const { stack } = shared;
      const path = join(folder, "data", "prices.csv");
      const program = downloading({ path });
      const bytes = (index: number) => `bytes of ${assets[index]!.name} \u0000ü`;
      await mkdir(join(folder, "data"));
      await writeFile(path, "somebody's own, whose place it takes in an up alone");

      const preview = expectSuccess(await stack.preview(program));
      expect(preview.changes).to.deep.equal({ create: 3 });
      expect(said(preview)).to.contain("the up makes a new signed URL and downloads it");
      expect(await readdir(join(folder, "data"))).to.deep.equal(["prices.csv"]);
      expect(await readFile(path, "utf8")).to.contain("somebody's own");

      const first = expectSuccess(await stack.up());
      expect(first.outputs.path!.value).to.equal(path);
      expect(first.outputs.path!.secret).to.equal(false);
      expect(await readFile(path, "utf8")).to.equal(bytes(0));
      expect(await readdir(join(folder, "data"))).to.deep.equal([".prices.csv.download.json", "prices.csv"]);

      // There with the same content: nothing is asked of the service.
      let made = downloads();
      await writeFile(path, bytes(0));
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 3 });
      expect(downloads()).to.equal(made);

      // Gone, long after the URL has expired.
      shared.service.local.clock.advance("2d");
      await rm(path);
      const gone = expectSuccess(await stack.preview());
      expect(gone.changes).to.deep.equal({ replace: 1, same: 2 });
      expect(await readdir(join(folder, "data"))).to.deep.equal([".prices.csv.download.json"]);
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ replace: 1, same: 2 });
      expect(await readFile(path, "utf8")).to.equal(bytes(0));
      expect(downloads()).to.equal(++made);

      // Changed by somebody.
      await writeFile(path, "mine");
      expectSuccess(await stack.up());
      expect(await readFile(path, "utf8")).to.equal(bytes(0));

      // Another asset, and nothing in the program that waits for it.
      const other = () => {
        new SignedDownload("prices", { ...place, assetId: assets[1]!.id, path });
        return Promise.resolve();
      };
      expect(expectSuccess(await stack.preview(other)).changes).to.deep.equal({ replace: 1, same: 2 });
      expect(await readFile(path, "utf8")).to.equal(bytes(0));
      expectSuccess(await stack.up());
      expect(await readFile(path, "utf8")).to.equal(bytes(1));
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 3 });

      expect(expectSuccess(await stack.refresh()).changes).to.deep.equal({ same: 3 });
      expectSuccess(await stack.destroy());
      expect(await readFile(path, "utf8")).to.equal(bytes(1));
    });
  });

  it("jobPolicy takes args, Jobs and components alike", async () => {
    const { stack } = shared;
    const bucket = await newBucket();
    const [asset] = assets;
    const details = { exportAssetToSignedUrl: { ...place, assetId: asset!.id } };
    const { outputs } = expectSuccess(
      await stack.up(() => {
        const copies = new S3Export("copies", { ...place, bucket, assets: [asset!] });
        const url = new Job("url", { type: "EXPORT_ASSET_TO_SIGNED_URL", details });
        return Promise.resolve({
          both: jobPolicy([copies, url]),
          args: jobPolicy([
            { type: "EXPORT_ASSET_TO_SIGNED_URL", details },
            {
              type: "EXPORT_ASSETS_TO_S3",
              details: {
                exportAssetsToS3: {
                  ...place,
                  assetDestinations: [{ assetId: asset!.id, bucket, key: asset!.name }],
                },
              },
            },
          ]),
        });
      }),
    );
    expect(outputs.both!.value).to.equal(outputs.args!.value);
    const { Statement } = JSON.parse(outputs.both!.value as string) as {
      Statement: {
        Sid: string;
        Resource: string[];
        Condition?: { StringEquals: Record<string, string[]> };
      }[];
    };
    const of = (sid: string) => Statement.find(({ Sid }) => Sid === sid)!;
    expect(of("WriteDestinations").Resource).to.deep.equal([`arn:aws:s3:::${bucket}/${asset!.name}`]);
    expect(of("RunJobs").Condition!.StringEquals["dataexchange:JobType"]).to.deep.equal([
      "EXPORT_ASSETS_TO_S3",
      "EXPORT_ASSET_TO_SIGNED_URL",
    ]);
  });
});
