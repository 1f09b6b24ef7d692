/** Requests cannot fill the memory: old records are deleted, or new requests are refused. */
import { expect } from "chai";
import { SeededRandom } from "../../emulator/control/seeded-random";
import { Clock } from "../../emulator/control/clock";
import { RegionStates } from "../../emulator/state/region-state";
import { S3Server } from "../../emulator/s3/s3-server";
import type { Job } from "../../emulator/state/records";
import { EmulatorService, jobRequest, rejection } from "./support";
import fc from "fast-check";
import { OrderedCollection } from "../../emulator/state/ordered-collection";

const job = (id: number, state: Job["state"], characters = 10): Job => ({
  id: String(id),
  arn: "",
  type: "IMPORT_ASSETS_FROM_S3",
  state,
  details: { importAssetsFromS3: { dataSetId: "d", text: "x".repeat(characters) } },
  createdAt: new Date().toISOString(),
  updatedAt: new Date().toISOString(),
  startCount: 0,
});

describe("emulator: what is kept", () => {
  const states = () => new RegionStates(new Clock(), new SeededRandom());
  const ids = (state: ReturnType<RegionStates["of"]>) => state.jobs.all().map(({ id }) => Number(id));

  it("is 10,000 jobs of all accounts, of which those go first that ended first", () => {
    const all = states();
    const [one, two] = [
      all.of({ account: "111111111111", region: "a" }),
      all.of({ account: "222222222222", region: "b" }),
    ];
    one.addJob(job(0, "WAITING"), ["d"]);
    for (let id = 1; id < 10_000; id += 1) one.addJob(job(id, "COMPLETED"), ["d"]);
    for (let id = 10_000; id < 10_005; id += 1) {
      two.makeRoomForJob();
      two.addJob(job(id, "ERROR"), ["d"]);
    }
    expect(ids(one).slice(0, 2)).to.deep.equal([0, 6]);
    expect(one.jobsAbout.of("d").size).to.equal(one.jobs.size);
    expect(two.jobs.size).to.equal(5);
  });

  it("is 32 Mi characters of what was asked of jobs, and no more that wait or run", () => {
    const state = states().of({ account: "111111111111", region: "a" });
    const large = 1024 ** 2;
    for (let id = 0; id < 32; id += 1) {
      state.makeRoomForJob();
      state.addJob(job(id, "WAITING", large), ["d"]);
    }
    expect(() => state.makeRoomForJob()).to.throw(/keeps no more jobs that wait or run/);
    state.jobs.get("7")!.state = "CANCELLED";
    state.makeRoomForJob();
    expect(state.jobs.size).to.equal(31);
    expect(state.jobs.get("7")).to.equal(undefined);
  });

  it("goes over many requests without a gap, until those that wait leave no room", async () => {
    const service = await EmulatorService.start();
    const made = await service.createRevisionIds();
    const create = () => {
      const AssetSources = Array.from({ length: 100 }, (_, at) => ({
        Bucket: "bucket",
        Key: at + "k".repeat(9000),
      }));
      return service.call("CreateJob", jobRequest("ImportAssetsFromS3", { ...made, AssetSources }));
    };
    for (let times = 0; times < 45; times += 1) {
      await service.call("CancelJob", { JobId: (await create()).Id });
    }
    const { Jobs } = await service.call("ListJobs", {});
    expect(Jobs!.length).to.be.within(30, 40);
    expect(service.local.jobs()).to.have.lengthOf(Jobs!.length);
    for (let times = 0; times < 37; times += 1) await create();
    await rejection(
      (async () => {
        for (let times = 0; times < 10; times += 1) await create();
      })(),
      "ThrottlingException",
    );
    await service.stop();
  }).timeout(60_000);

  it("is 10,000 unfinished uploads in parts of a bucket, and the answers of 100 that ended", async () => {
    const s3 = await S3Server.open("own");
    const bucket = s3.store.getAnyBucket("own");
    const begin = () =>
      bucket.createUpload({
        key: "k",
        metadata: { headers: {}, encryption: bucket.encryption, storageClass: "STANDARD", tags: [] },
      });
    const first = begin();
    for (let more = 0; more < 10_000; more += 1) begin();
    expect(bucket.uploads.size).to.equal(10_000);
    expect(() => bucket.getUpload("k", first.id)).to.throw(/does not exist/);
    await s3.close();
  });

  it("is 1,000 notifications", () => {
    const state = states().of({ account: "111111111111", region: "a" });
    for (let id = 0; id < 1_010; id += 1) {
      state.notifications.add({ id: String(id), dataSetId: "d", type: "t" });
    }
    expect(state.notifications.size).to.equal(1000);
    expect(state.notifications.get("9")).to.equal(undefined);
    expect(state.notifications.get("10")!.id).to.equal("10");
  });
});

interface Item {
  readonly id: string;
  readonly name: string;
}

describe("emulator: Shelf", () => {
  it("pages through whatever was added and deleted, highest name first, each item once", () => {
    const names = fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 7 }), (drawn, size) => {
        const shelf = new OrderedCollection<Item>(({ name }) => name);
        const items = drawn.map(([name], index) => ({ id: String(index), name }));
        items.forEach((item) => shelf.add(item));
        const kept = items.filter(({ id }, index) => drawn[index]![1] || (shelf.delete(id), false));
        const seen: Item[] = [];
        let below: string | undefined;
        do {
          const page = shelf.page(size, below);
          expect(page.items.length).to.be.at.most(size);
          seen.push(...page.items);
          below = page.next;
        } while (below !== undefined);
        expect(seen).to.have.members(kept).and.have.length(kept.length);
        seen.slice(1).forEach(({ name }, index) => expect(name <= seen[index]!.name).to.equal(true));
        expect(shelf.size).to.equal(kept.length);
        kept.forEach((item) => expect(shelf.get(item.id)).to.equal(item));
      }),
    );
  });

  it("goes on from where a page ended when that item is gone", () => {
    const shelf = new OrderedCollection<Item>();
    for (const id of ["1", "2", "3", "4"]) shelf.add({ id, name: "" });
    const { items, next } = shelf.page(2);
    shelf.delete(items[1]!.id);
    shelf.add({ id: "5", name: "" });
    expect(shelf.page(2, next).items.map(({ id }) => id)).to.deep.equal(["2", "1"]);
  });
});
