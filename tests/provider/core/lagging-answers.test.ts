import { expect } from "chai";

import { finalizeRevision } from "../../../provider/core/finalization";
import type { ServiceJob } from "../../../service-model/job";
import type { Lag } from "../../reliability/lag/lag";
import {
  perItem,
  alternatingReplicas,
  shiftingPages,
  staleJobs,
  combined,
  uniformLag,
} from "../../reliability/lag/lag";
import { laggingSimulator } from "../../reliability/lag/lagging-services";
import { host, mortal } from "../support/host";
import {
  dataSetId,
  existing,
  failureOf,
  hour,
  revisionId,
  s3Export,
  s3Import,
  upload,
  urlExport,
  urn,
} from "../support/samples";
import { Simulator } from "../support/simulator";

const reporter = { status: () => undefined, note: () => undefined, warn: () => undefined };

describe("answers that are behind", () => {
  for (const inputs of [s3Import(), upload(), s3Export()]) {
    it(`of GetJob and ListJobs do not make an interrupted ${inputs.type} run again, killed at any call`, async () => {
      for (const lag of [5_000, 30_000]) {
        for (let last = 1; last <= 25; last++) {
          const service = new Simulator({ duration: hour });
          const seen = laggingSimulator(service, combined("", staleJobs(lag), uniformLag(lag)));
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

  it("of GetJob do not end a wait, and do not fail an export that has completed", async () => {
    const service = new Simulator({ duration: 1_000 });
    const { outputs } = await host(
      laggingSimulator(service, combined("", staleJobs(20_000), uniformLag(20_000))),
    ).create(s3Export());
    expect(outputs.state).to.equal("COMPLETED");
  });

  it("of GetJob finalize no revision before its job has ended", async () => {
    const service = new Simulator({ duration: hour });
    const job = existing(service, s3Import(), "IN_PROGRESS", { age: 0 });
    const { session } = host(laggingSimulator(service, combined("", staleJobs(30_000), uniformLag(30_000))));
    await failureOf(finalizeRevision({ dataSetId, revisionId, jobs: [job.id] }, { session, reporter }));
    expect([...service.finalized]).to.deep.equal([]);
  });

  const ways: Lag[] = [
    uniformLag(30_000),
    perItem(30_000, "x"),
    alternatingReplicas(0, 30_000),
    shiftingPages("pages"),
  ];
  for (const way of ways) {
    it(`of ListRevisionAssets cost an import none of its assets: ${way.name}`, async () => {
      const service = new Simulator({ duration: 1_000 });
      const seen = laggingSimulator(service, way);
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

  it("show an asset twice when pages shift, and it is still one", async () => {
    const service = new Simulator({ duration: 1_000 });
    const seen = laggingSimulator(service, { ...uniformLag(0), pageShift: () => -1 });
    const { outputs } = await host(seen).create(s3Import(["a", "b", "c", "d", "e"]));
    expect(outputs.assets.map(({ name }) => name)).to.deep.equal(["a", "b", "c", "d", "e"]);
  });
});

/** GetJob answers as if a job that has ended were still in progress, so many times. */
const olderAnswers = (service: Simulator, times: number): Simulator => {
  const getJob = service.getJob.bind(service);
  service.getJob = async (id) => {
    const job: ServiceJob = await getJob(id);
    return job.state === "COMPLETED" && times-- > 0 ? { ...job, state: "IN_PROGRESS" } : job;
  };
  return service;
};

describe("an answer that is older than another", () => {
  it("does not take the end of a job back while its signed URL is asked for", async () => {
    const { outputs } = await host(olderAnswers(new Simulator(), 3)).create(urlExport());
    expect(outputs.state).to.equal("COMPLETED");
    expect(outputs.signedUrl).to.match(/^https:/);
  });

  for (const times of [2, Infinity]) {
    it(`does not take the end of a job back in a refresh, when there are ${times}`, async () => {
      const service = new Simulator();
      const process = host(service);
      const { id, outputs } = await process.create(s3Import());
      olderAnswers(service, times);
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
