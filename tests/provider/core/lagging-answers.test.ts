import { expect } from "chai";

import { finalizeRevision } from "../../../provider/core/finalization";
import { assetsCreatedBy } from "../../../provider/core/job-assets";
import type { Lag } from "../../simulation/lag";
import {
  perItem,
  alternatingReplicas,
  shiftingPages,
  staleJobs,
  combined,
  laggingSimulator,
  uniformLag,
} from "../../simulation/lag";
import { serviceError } from "../../simulation/faults";
import { host, idsOf, mortal, namesOf } from "../../simulation/host";
import {
  codeOf,
  dataSetId,
  existing,
  hour,
  revisionId,
  s3Export,
  s3Import,
  upload,
  urlExport,
  urn,
} from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";

/** The service with answers of GetJob and listings that are `lag` milliseconds old. */
const behind = (service: Simulator, lag: number) =>
  laggingSimulator(service, combined("", staleJobs(lag), uniformLag(lag)));

describe("createJob with stale answers", () => {
  for (const inputs of [s3Import(), upload(), s3Export()]) {
    it(`runs an interrupted ${inputs.type} once if its process is killed at any call`, async () => {
      for (const lag of [5_000, 30_000]) {
        for (let last = 1; last <= 25; last++) {
          const service = new Simulator({ duration: hour });
          const seen = behind(service, lag);
          void host(mortal(seen, last, true))
            .create(inputs, urn)
            .catch(() => undefined);
          await service.clock.pass(lag + 1_000);
          await host(seen).create(inputs, urn);
          expect(service.effects(), `${lag} ms behind, killed at call ${last}`).to.have.length(1);
        }
      }
    });
  }

  it("does not fail for a completed export", async () => {
    const { outputs } = await host(behind(new Simulator({ duration: 1_000 }), 20_000)).create(s3Export());
    expect(outputs.state).to.equal("COMPLETED");
  });

  const lags: Lag[] = [
    ...[uniformLag(30_000), perItem(30_000, "x"), alternatingReplicas(0, 30_000), shiftingPages("pages")],
  ];
  for (const lag of lags) {
    it(`loses no asset of an import: ${lag.name}`, async () => {
      const service = new Simulator({ duration: 1_000 });
      const seen = laggingSimulator(service, lag);
      const inputs = s3Import(["a", "b", "c", "d", "e"], { onDelete: "deleteAssets" });
      const { id, outputs } = await host(seen).create(inputs, urn);
      let now = outputs;
      for (let times = 1; times <= 3; times++) now = (await host(seen).read(id, now))!;
      await service.clock.pass(30_000);
      now = (await host(service).read(id, now))!;
      expect(now.assets).to.have.deep.members(outputs.assets);
      expect(now).to.not.have.property("__unlisted");
      now = (await host(seen).read(id, now))!;
      await host(seen).delete(id, now);
      expect(service.assets).to.deep.equal([]);
    });
  }

  it("returns an asset once that shifting pages show twice", async () => {
    const service = new Simulator({ duration: 1_000 });
    const seen = laggingSimulator(service, { ...uniformLag(0), pageShift: () => -1 });
    const { outputs } = await host(seen).create(s3Import(["a", "b", "c", "d", "e"]));
    expect(namesOf(outputs.assets)).to.deep.equal(["a", "b", "c", "d", "e"]);
  });
});

/** GetJob shows a completed job as running, `times` times. */
const olderAnswers = (service: Simulator, times: number): Simulator => {
  const getJob = service.getJob.bind(service);
  service.getJob = async (id) => {
    const job = await getJob(id);
    return job.state === "COMPLETED" && times-- > 0 ? { ...job, state: "IN_PROGRESS" } : job;
  };
  return service;
};

describe("outdated answers of the service", () => {
  it("do not hide the signed URL of a completed export", async () => {
    const { outputs } = await host(olderAnswers(new Simulator(), 3)).create(urlExport());
    expect(outputs.state).to.equal("COMPLETED");
    expect(outputs.signedUrl).to.match(/^https:/);
  });

  for (const times of [2, Infinity]) {
    it(`do not change a completed job in ${times} answers of a refresh`, async () => {
      const service = new Simulator();
      const process = host(service);
      const { id, outputs } = await process.create(s3Import());
      olderAnswers(service, times);
      expect(await process.read(id, outputs)).to.deep.equal(outputs);
    });
  }

  it("do not end a job with an unknown state", async () => {
    const service = new Simulator({ duration: 60_000 });
    for (const name of ["getJob", "listJobs"] as const) {
      const call = service[name].bind(service) as (...args: unknown[]) => Promise<object>;
      service[name] = async (...args: unknown[]) =>
        JSON.parse(JSON.stringify(await call(...args)).replaceAll("IN_PROGRESS", "PAUSED")) as never;
    }
    const { outputs } = await host(service).create(s3Import());
    expect([outputs.state, outputs.assets.length]).to.deep.equal(["COMPLETED", 1]);
  });
});

describe("assets that ListRevisionAssets shows late", () => {
  it("are waited for, until as many are listed as the job must have created", async () => {
    const service = new Simulator({ listingLag: 30_000, duration: 1_000 });
    const { create, statuses, warnings } = host(service);
    const { outputs } = await create(s3Import(["a", "b"]));
    expect(namesOf(outputs.assets)).to.deep.equal(["a", "b"]);
    expect(outputs).to.not.have.property("__incomplete");
    expect(statuses).to.include("waiting until its assets are listed, 0 of 2");
    expect(warnings).to.deep.equal([]);
  });

  it("cause a warning if they are not listed in time, and a later refresh adds them", async () => {
    const service = new Simulator({ duration: 1_000 });
    const process = host(service);
    const listRevisionAssets = service.listRevisionAssets.bind(service);
    service.listRevisionAssets = async (...args) => ({
      items: (await listRevisionAssets(...args)).items.filter(({ name }) => name === "a"),
    });
    const { id, outputs } = await process.create(s3Import(["a", "b"]));
    expect(namesOf(outputs.assets)).to.deep.equal(["a"]);
    expect(process.warnings).to.deep.equal(["assets-not-listed"]);
    service.listRevisionAssets = listRevisionAssets;
    const read = (await process.read(id, outputs))!;
    expect(namesOf(read.assets)).to.deep.equal(["a", "b"]);
    expect(read).to.not.have.property("__incomplete");
  });
});

describe("assetsCreatedBy", () => {
  it("takes the first of two assets with the same key, whatever the order of the listing", async () => {
    const service = new Simulator();
    await host(service).create(s3Import(["a"]));
    const [job, first] = [service.jobs[0]!, service.assets[0]!];
    const second = {
      ...first,
      id: "second",
      createdAt: new Date(Date.parse(first.createdAt) + 1).toISOString(),
    };
    for (const listed of [
      [first, second],
      [second, first],
    ])
      expect(idsOf(assetsCreatedBy(job, listed))).to.deep.equal([first.id]);
  });
});

describe("finalizeRevision with stale answers", () => {
  const finalize = (service: Simulator, jobs: string[]) =>
    codeOf(finalizeRevision({ dataSetId, revisionId, jobs }, host(service).dependencies));

  it("refuses a job that GetJob shows as it was 30 s ago", async () => {
    const service = new Simulator({ duration: hour });
    const job = existing(service, s3Import(), "IN_PROGRESS", { age: 0 });
    expect(await finalize(behind(service, 30_000), [job.id])).to.equal("revision-jobs-unfinished");
    expect([...service.finalized]).to.deep.equal([]);
  });

  for (const times of [1, 3, Infinity]) {
    it(`refuses a running job that ListJobs shows and GetJob does not find ${times} times`, async () => {
      const service = new Simulator({ duration: 100 * hour });
      const done = existing(service, s3Import(["a"]), "COMPLETED");
      const running = existing(service, s3Import(["b"]), "IN_PROGRESS", { age: 1_000 });
      for (const jobs of [[done.id, running.id], [running.id]]) {
        let left = times;
        const getJob = service.getJob.bind(service);
        service.getJob = (...args) => {
          if (args[0] === running.id && left-- > 0) throw serviceError("getJob", "notFound");
          return getJob(...args);
        };
        expect(await finalize(service, jobs)).to.equal("revision-jobs-unfinished");
      }
      expect(service.finalized.size).to.equal(0);
    });
  }
});

describe("createJob after a CreateJob without an answer", () => {
  it("owns the job that it adopts, even if another process cancelled the first winner", async () => {
    const service = new Simulator({ duration: 1_000 });
    service.fail("createJob", "unavailable", { times: 2, after: true });
    const listJobs = service.listJobs.bind(service);
    const startJob = service.startJob.bind(service);
    let isFirstRace = true;
    // The listing hides the second job until the first, which the run has adopted, is cancelled.
    service.listJobs = async (...args) => {
      const page = await listJobs(...args);
      return isFirstRace
        ? { ...page, items: page.items.filter(({ id }) => id !== service.jobs[1]!.id) }
        : page;
    };
    service.startJob = async (id, ...rest) => {
      if (isFirstRace) await service.cancelJob(id);
      isFirstRace = false;
      return startJob(id, ...rest);
    };
    const { id, outputs } = await host(service).create(upload());
    expect(id).to.equal(service.jobs[1]!.id);
    expect(outputs).to.not.have.property("__shared");
  });
});
