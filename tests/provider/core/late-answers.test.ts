import { expect } from "chai";

import { finalizeRevision } from "../../../provider/core/finalization";
import type { ServiceJob } from "../../../service-model/job";
import { host } from "../support/host";
import { dataSetId, existing, failureOf, hour, revisionId, s3Import, urlExport } from "../support/samples";
import { Simulator } from "../support/simulator";

/** GetJob answers as if a job that has ended were still in progress, so many times. */
const stale = (service: Simulator, times: number): Simulator => {
  const getJob = service.getJob.bind(service);
  service.getJob = async (id) => {
    const job: ServiceJob = await getJob(id);
    return job.state === "COMPLETED" && times-- > 0 ? { ...job, state: "IN_PROGRESS" } : job;
  };
  return service;
};

describe("an answer that is older than another", () => {
  it("does not take the end of a job back while its signed URL is asked for", async () => {
    const { outputs } = await host(stale(new Simulator(), 3)).create(urlExport());
    expect(outputs.state).to.equal("COMPLETED");
    expect(outputs.signedUrl).to.match(/^https:/);
  });

  for (const times of [2, Infinity]) {
    it(`does not take the end of a job back in a refresh, when there are ${times}`, async () => {
      const service = new Simulator();
      const process = host(service);
      const { id, outputs } = await process.create(s3Import());
      stale(service, times);
      expect(await process.read(id, outputs)).to.deep.equal(outputs);
    });
  }

  it("of a state that is not known is no end: the job is waited for", async () => {
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

describe("assets that are listed late", () => {
  it("are waited for, as many as the job must have made", async () => {
    const service = new Simulator({ listingLag: 30_000, duration: 1_000 });
    const { create, statuses, warnings } = host(service);
    const { outputs } = await create(s3Import(["a", "b"]));
    expect(outputs.assets.map(({ name }) => name)).to.deep.equal(["a", "b"]);
    expect(outputs).to.not.have.property("__incomplete");
    expect(statuses).to.include("waiting until its assets are listed, 0 of 2");
    expect(warnings).to.deep.equal([]);
  });

  it("that do not come are named in a warning, and a later refresh completes them", async () => {
    const service = new Simulator({ duration: 1_000 });
    const process = host(service);
    const listRevisionAssets = service.listRevisionAssets.bind(service);
    service.listRevisionAssets = async (...args) => ({
      items: (await listRevisionAssets(...args)).items.filter(({ name }) => name === "a"),
    });
    const { id, outputs } = await process.create(s3Import(["a", "b"]));
    expect(outputs.assets.map(({ name }) => name)).to.deep.equal(["a"]);
    expect(process.warnings).to.deep.equal(["assets-not-listed"]);
    service.listRevisionAssets = listRevisionAssets;
    const read = (await process.read(id, outputs))!;
    expect(read.assets.map(({ name }) => name)).to.deep.equal(["a", "b"]);
    expect(read).to.not.have.property("__incomplete");
  });

  it("are not looked for again once somebody has deleted them, which a refresh says", async () => {
    const service = new Simulator();
    const process = host(service);
    const { id, outputs } = await process.create(s3Import(["a"]));
    service.assets.length = 0;
    await process.read(id, outputs);
    expect(process.warnings).to.deep.equal(["assets-deleted-elsewhere"]);
  });
});

describe("the finalization of a revision", () => {
  const glitch = (service: Simulator, id: string, times: number) => {
    const getJob = service.getJob.bind(service);
    service.getJob = (...args) => {
      if (args[0] === id && times-- > 0) throw service.error("getJob", "notFound", { resourceId: id });
      return getJob(...args);
    };
  };
  for (const times of [1, 3, Infinity]) {
    it(`does not happen on ${times} answers that a job which ListJobs shows in progress is not there`, async () => {
      const service = new Simulator({ duration: 100 * hour });
      const done = existing(service, s3Import(["a"]), "COMPLETED");
      const running = existing(service, s3Import(["b"]), "IN_PROGRESS", { age: 1_000 });
      for (const jobs of [[done.id, running.id], [running.id]]) {
        glitch(service, running.id, times);
        const { session } = host(service);
        const reporter = { status: () => undefined, note: () => undefined, warn: () => undefined };
        const error = await failureOf(
          finalizeRevision({ dataSetId, revisionId, jobs }, { session, reporter }),
        );
        expect(error.message).to.contain(running.id).and.contain("[revision-jobs-unfinished]");
      }
      expect(service.finalized.size).to.equal(0);
    });
  }
});
