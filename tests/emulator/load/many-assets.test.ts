import { Agent, request } from "node:http";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { mapConcurrently } from "../../../lib/map-concurrently";
import { EmulatorService, jobRequest } from "../support";

const total = 10_000;
const perJob = 100;
const authorization =
  "AWS4-HMAC-SHA256 Credential=TEST/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00";
const keyOf = (index: number): string => `data/${String(index).padStart(5, "0")}.csv`;

/** Calls `act` for each number below `count`, `width` at a time. */
const inLanes = (count: number, width: number, act: (index: number) => Promise<unknown>) =>
  mapConcurrently([...Array(count).keys()], width, act);

describe("emulator: 10,000 assets in a revision", function () {
  this.timeout(600_000);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  let service: EmulatorService;
  let ids: { DataSetId: string; RevisionId: string };

  before(async () => {
    service = await EmulatorService.start({ jobDuration: 1 });
    ids = await service.createRevisionIds();
    await service.createBucket("many");
    await inLanes(total, 16, (index) => put(keyOf(index), `row ${index}`));
  });
  after(async () => {
    agent.destroy();
    await service.stop();
  });

  /** Without a client, which would take most of the time. */
  const put = (key: string, body: string) =>
    new Promise<void>((resolve, reject) => {
      const headers = { authorization, "content-length": body.length };
      const url = `${service.local.endpoint}/many/${key}`;
      const sent = request(url, { method: "PUT", agent, headers }, (answer) => {
        answer.resume().once("end", resolve).once("error", reject);
      });
      sent.once("error", reject).end(body);
    });

  const tell = ({ test }: Mocha.Context, told: string): void => void (test!.title += ` (${told})`);
  const since = (from: number): string => `${((performance.now() - from) / 1000).toFixed(1)} s`;

  const importJob = (job: number) =>
    service.runJob(
      jobRequest("ImportAssetsFromS3", {
        ...ids,
        AssetSources: Array.from({ length: perJob }, (_, index) => ({
          Bucket: "many",
          Key: keyOf(job * perJob + index),
        })),
      }),
    );

  async function page(NextToken?: string) {
    return service.call("ListRevisionAssets", { ...ids, MaxResults: 200, NextToken });
  }

  /** Milliseconds that one page of assets and one asset take, as the least of some: other work only adds. */
  async function times() {
    const [pages, assets]: [number[], number[]] = [[], []];
    for (let round = 0; round < 30; round += 1) {
      let from = performance.now();
      const { Assets } = await page();
      pages.push(performance.now() - from);
      from = performance.now();
      await service.call("GetAsset", { ...ids, AssetId: Assets![0]!.Id! });
      assets.push(performance.now() - from);
    }
    return { page: Math.min(...pages), asset: Math.min(...assets) };
  }

  it("come in by 100 jobs of 100, and calls take no longer as they do", async function () {
    let job = 0;
    const importJobs = (count: number) => inLanes(count, 10, () => importJob(job++));
    await importJobs(10);
    const few = await times();
    const from = performance.now();
    await importJobs(total / perJob - 10);
    tell(this, `90 jobs in ${since(from)}`);
    const many = await times();
    for (const call of ["page", "asset"] as const) {
      tell(
        this,
        `a ${call} in ${few[call].toFixed(1)} ms with 1,000, ${many[call].toFixed(1)} ms with 10,000`,
      );
      // Ten times as much is stored; what grew with it would take ten times as long.
      expect(many[call]).to.be.below(3 * few[call] + 1);
    }
  });

  it("are listed whole, each once, from the last name to the first", async function () {
    const names: string[] = [];
    const from = performance.now();
    for (let token: string | undefined, first = true; first || token; first = false) {
      const { Assets, NextToken } = await page(token);
      names.push(...Assets!.map(({ Name }) => Name!));
      token = NextToken;
    }
    tell(this, since(from));
    expect(names).to.deep.equal(Array.from({ length: total }, (_, index) => keyOf(total - 1 - index)));
  });

  it("are exported with their revision, and one more does not fit", async function () {
    const full = await service.finishJob(await service.createJob(oneMore()));
    expect(full.State).to.equal("ERROR");
    expect(full.Errors![0]).to.include({ LimitName: "Assets per revision", LimitValue: total });
    await service.call("UpdateRevision", { ...ids, Finalized: true });
    await service.createBucket("exported");
    const from = performance.now();
    const RevisionDestinations = [{ RevisionId: ids.RevisionId, Bucket: "exported" }];
    await service.runJob(
      jobRequest("ExportRevisionsToS3", { DataSetId: ids.DataSetId, RevisionDestinations }),
    );
    tell(this, since(from));
    let count = 0;
    for (let token: string | undefined, first = true; first || token; first = false) {
      const found = await service.s3.send(
        new ListObjectsV2Command({ Bucket: "exported", ContinuationToken: token }),
      );
      count += found.KeyCount!;
      token = found.NextContinuationToken;
    }
    expect(count).to.equal(total);
    expect(await service.readObject("exported", keyOf(4321))).to.equal("row 4321");
  });

  const oneMore = () =>
    jobRequest("ImportAssetsFromS3", { ...ids, AssetSources: [{ Bucket: "many", Key: keyOf(0) }] });
});
