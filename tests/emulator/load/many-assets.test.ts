import { Agent } from "node:http";
import { paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { mapConcurrently } from "../../../lib/map-concurrently";
import { sendPlain, signedFor } from "../../harness/http";
import type { SdkIds } from "../../harness/emulator-service";
import { EmulatorService, jobRequest } from "../../harness/emulator-service";

const total = 10_000;
const perJob = 100;
const keyOf = (index: number): string => `data/${String(index).padStart(5, "0")}.csv`;
const numbers = (count: number) => [...Array(count).keys()];

describe("emulator: 10,000 assets in a revision", function () {
  this.timeout(600_000);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  let service: EmulatorService;
  let ids: SdkIds;

  before(async () => {
    service = await EmulatorService.start({ jobDuration: 1 });
    ids = await service.createRevisionIds();
    await service.createBucket("many");
    // Without an SDK client, which would take most of the time.
    const headers = signedFor("s3");
    await mapConcurrently(numbers(total), 16, (index) =>
      sendPlain(service.endpoint, "PUT", `/many/${keyOf(index)}`, { headers, body: `row ${index}`, agent }),
    );
  });
  after(async () => {
    agent.destroy();
    await service.stop();
  });

  const report = ({ test }: Mocha.Context, text: string): void => void (test!.title += ` (${text})`);
  const since = (from: number): string => `${((performance.now() - from) / 1000).toFixed(1)} s`;

  const importJob = (job: number) => {
    const keys = numbers(perJob).map((index) => keyOf(job * perJob + index));
    return service.importObjects(ids, "many", ...keys);
  };
  const page = (NextToken?: string) =>
    service.call("ListRevisionAssets", { ...ids, MaxResults: 200, NextToken });

  /** Milliseconds for a page of assets and for an asset: the minimum, because other work only adds time. */
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

  it("imports 10,000 assets by 100 jobs, and answers calls as fast as with 1,000", async function () {
    const jobs = numbers(total / perJob);
    await mapConcurrently(jobs.slice(0, 10), 10, importJob);
    const few = await times();
    const from = performance.now();
    await mapConcurrently(jobs.slice(10), 10, importJob);
    report(this, `90 jobs in ${since(from)}`);
    const many = await times();
    for (const call of ["page", "asset"] as const) {
      const [before, after] = [few[call], many[call]];
      report(this, `a ${call} in ${before.toFixed(1)} ms with 1,000, ${after.toFixed(1)} ms with 10,000`);
      // In proportion to the number of assets, a call would take ten times as long.
      expect(after).to.be.below(3 * before + 1);
    }
  });

  it("lists 10,000 assets once each, from the last name to the first", async function () {
    const names: string[] = [];
    const from = performance.now();
    let token: string | undefined;
    do {
      const { Assets, NextToken } = await page(token);
      names.push(...Assets!.map(({ Name }) => Name!));
      token = NextToken;
    } while (token);
    report(this, since(from));
    expect(names).to.deep.equal(numbers(total).map(keyOf).reverse());
  });

  it("exports a revision of 10,000 assets, and refuses further assets", async function () {
    const AssetSources = [{ Bucket: "many", Key: keyOf(0) }];
    const full = await service.jobError(jobRequest("ImportAssetsFromS3", { ...ids, AssetSources }));
    expect(full).to.include({ LimitName: "Assets per revision", LimitValue: total });
    await service.finalize(ids);
    const Bucket = await service.createBucket("exported");
    const from = performance.now();
    const { DataSetId, RevisionId } = ids;
    const RevisionDestinations = [{ RevisionId, Bucket }];
    await service.runJob(jobRequest("ExportRevisionsToS3", { DataSetId, RevisionDestinations }));
    report(this, since(from));
    let count = 0;
    for await (const { KeyCount } of paginateListObjectsV2({ client: service.s3 }, { Bucket }))
      count += KeyCount!;
    expect(count).to.equal(total);
    expect(await service.readObject(Bucket, keyOf(4321))).to.equal("row 4321");
  });
});
