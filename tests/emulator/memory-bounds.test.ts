/** Requests cannot fill the memory: old records are deleted, or new requests are refused. */
import { expect } from "chai";
import { Clock } from "../../emulator/control/clock";
import { SeededRandom } from "../../emulator/control/seeded-random";
import { S3Server } from "../../emulator/s3/s3-server";
import type { Job } from "../../emulator/state/records";
import { RegionStates } from "../../emulator/state/region-state";
import { EmulatorService, jobRequest, rejection } from "../harness/emulator-service";

const job = (id: number, state: Job["state"], characters = 10): Job => ({
  ...{ id: String(id), arn: "", type: "IMPORT_ASSETS_FROM_S3", state, startCount: 0 },
  details: { importAssetsFromS3: { dataSetId: "d", text: "x".repeat(characters) } },
  createdAt: new Date().toISOString(),
  updatedAt: new Date().toISOString(),
});

describe("emulator: bounds of memory", () => {
  const states = () => new RegionStates(new Clock(), new SeededRandom());
  const stateOf = (all: RegionStates, account: string) => all.of({ account, region: "us-east-1" });

  it("keeps 10,000 jobs of all accounts and deletes those that ended first", () => {
    const all = states();
    const [one, two] = [stateOf(all, "111111111111"), stateOf(all, "222222222222")];
    one.addJob(job(0, "WAITING"), ["d"]);
    for (let id = 1; id < 10_000; id += 1) one.addJob(job(id, "COMPLETED"), ["d"]);
    for (let id = 10_000; id < 10_005; id += 1) {
      two.makeRoomForJob();
      two.addJob(job(id, "ERROR"), ["d"]);
    }
    const oldest = one.jobs.all().slice(0, 2);
    expect(oldest.map(({ id }) => id)).to.deep.equal(["0", "6"]);
    expect(one.jobsAbout.of("d").size).to.equal(one.jobs.size);
    expect(two.jobs.size).to.equal(5);
  });

  it("keeps 32 Mi characters of job details and refuses more jobs that have not ended", () => {
    const state = stateOf(states(), "111111111111");
    for (let id = 0; id < 32; id += 1) {
      state.makeRoomForJob();
      state.addJob(job(id, "WAITING", 1024 ** 2), ["d"]);
    }
    expect(() => state.makeRoomForJob()).to.throw(/stores no more jobs/);
    state.jobs.get("7")!.state = "CANCELLED";
    state.makeRoomForJob();
    expect(state.jobs.size).to.equal(31);
    expect(state.jobs.get("7")).to.equal(undefined);
  });

  it("throttles CreateJob when too many large jobs wait", async () => {
    const service = await EmulatorService.start();
    const ids = await service.createRevisionIds();
    const AssetSources = Array.from({ length: 100 }, (_, nth) => ({
      ...{ Bucket: "bucket", Key: nth + "k".repeat(9000) },
    }));
    const request = jobRequest("ImportAssetsFromS3", { ...ids, AssetSources });
    const createMany = async () => {
      for (let count = 0; count < 50; count += 1) await service.createJob(request);
    };
    await rejection(createMany(), "ThrottlingException");
    const waiting = service.local.jobs().filter(({ state }) => state === "WAITING");
    expect(waiting.length).to.be.within(30, 40);
    await service.stop();
  }).timeout(60_000);

  it("keeps 10,000 unfinished multipart uploads of a bucket", async () => {
    const s3 = await S3Server.open("own");
    const bucket = s3.store.getAnyBucket("own");
    const { encryption } = bucket;
    const metadata = { headers: {}, encryption, storageClass: "STANDARD", tags: [] };
    const first = bucket.createUpload({ key: "k", metadata });
    for (let more = 0; more < 10_000; more += 1) bucket.createUpload({ key: "k", metadata });
    expect(bucket.uploads.size).to.equal(10_000);
    expect(() => bucket.getUpload("k", first.id)).to.throw(/does not exist/);
    await s3.close();
  });

  it("keeps 1,000 notifications", () => {
    const { notifications } = stateOf(states(), "111111111111");
    for (let id = 0; id < 1_010; id += 1) notifications.add({ id: String(id), dataSetId: "d", type: "t" });
    expect(notifications.size).to.equal(1000);
    expect(notifications.get("9")).to.equal(undefined);
    expect(notifications.get("10")!.id).to.equal("10");
  });
});
