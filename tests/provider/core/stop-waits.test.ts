import { expect } from "chai";

import { unlessAborted } from "../../../lib/abort";
import { finalizeRevision } from "../../../provider/core/finalization";
import { JobWatcher } from "../../../provider/core/job-watcher";
import { clockOf, stoppableSession } from "../../../provider/core/session";
import { readOutputs } from "../../../provider/core/state";
import type { Host } from "../../simulation/host";
import { host, mortal } from "../../simulation/host";
import { lags, maxLagOf, minute, patient, pollsOf, running } from "../../simulation/running-jobs";
import {
  codeOf,
  dataSetId,
  existing,
  failureOf,
  hour,
  revisionId,
  s3Export,
  s3Import,
  unfinishedOf,
  upload,
  urn,
} from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";
import { Stop, codeAfter } from "../../simulation/stop";

const always = { times: Infinity };

describe("an operation that is stopped in a wait", () => {
  const ends = (what: string, begin: (service: Simulator, process: Host) => Promise<unknown>) =>
    it(`ends at once ${what}`, async () => {
      const service = new Simulator({ duration: hour });
      const stop = new Stop(service);
      const work = begin(service, host(service, { signal: stop.signal }));
      expect(await codeAfter(service, stop, work, 10_000)).to.equal("run-cancelled");
    });

  ends("while a resumed job is not found", (service, process) => {
    service.fail("getJob", "notFound", always);
    return process.update("job1", readOutputs({ ...s3Import(), state: "IN_PROGRESS" }), s3Import(), urn);
  });

  ends("while a refresh reads an outdated state", (service, process) => {
    const { id } = existing(service, s3Import(), "IN_PROGRESS", { age: 0 });
    return process.read(id, readOutputs({ ...s3Import(), state: "COMPLETED" }));
  });

  ends("while a finalization does not find a job", (_, { dependencies }) =>
    finalizeRevision({ dataSetId, revisionId, jobs: ["gone"] }, dependencies),
  );

  ends("while the job of an interrupted run has not ended, which it withdraws", async (service, process) => {
    // The third call is StartJob, after CreateJob and ListJobs.
    void host(mortal(service, 3, true)).create(s3Import(["a"]), urn);
    await service.clock.pass(1_000);
    expect(service.effects()).to.have.length(1);
    return process.create(s3Import(["b"]), urn);
  });

  it("leaves an upload in WAITING that was refused a slot, so that the next run replaces it", async () => {
    const service = new Simulator().fail("startJob", "limit", always);
    const stop = new Stop(service);
    const work = host(service, { signal: stop.signal }).create(upload(), urn);
    void service.clock.pass(10_000).then(stop.now);
    const { id, outputs } = await unfinishedOf(work);
    expect([service.count("startJob") > 1, outputs.state]).to.deep.equal([true, "WAITING"]);
    expect(host(service).diff(id, outputs, upload(), urn).replaces).to.deep.equal(["state"]);
  });
});

describe("the clock of an operation that is stopped", () => {
  it("rejects a sleep that something else could have ended", async () => {
    const { clock } = new Simulator();
    const [stop, wake] = [new AbortController(), new AbortController()];
    const own = clockOf({ clock, signal: stop.signal });
    void clock.pass(1_000).then(() => wake.abort());
    await own.sleep(hour, wake.signal);
    void clock.pass(1_000).then(() => stop.abort(new Error("stopped")));
    const started = clock.now();
    expect((await failureOf(own.sleep(hour, new AbortController().signal))).message).to.equal("stopped");
    expect(clock.now() - started).to.equal(1_000);
  });

  it("does not warn of a leak, however many jobs listen", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => void warnings.push(warning);
    process.on("warning", listen);
    const { signal } = new AbortController();
    const session = stoppableSession(host(new Simulator()).session, signal);
    const sleeps = Array.from({ length: 20 }, () => unlessAborted(clockOf(session).sleep(hour), signal));
    await Promise.all(sleeps);
    await new Promise(setImmediate);
    process.off("warning", listen);
    expect(warnings).to.deep.equal([]);
  });
});

describe("a listing of assets that two refreshes share", () => {
  for (const lagging of [false, true]) {
    it(`continues for the other one ${lagging ? "in GetRevision" : "on its next page"}`, async () => {
      const service = new Simulator({ latency: [2_000], pageSize: 1 });
      const { id } = existing(service, s3Import(["a", "b", "c"]), "COMPLETED");
      // GetJob takes 4 s. The listing of three assets takes 12 s, and one that is not found 8 s with its GetRevision.
      if (lagging) service.fail("listRevisionAssets", "notFound");
      const other = host(service);
      const stop = new Stop(service);
      const own = host(service, { beside: other, signal: stop.signal });
      const [first, second] = [own, other].map((process) => process.read(id, readOutputs({})));
      const rest = lagging ? codeOf(second!) : second!;
      expect(await codeAfter(service, stop, first!, lagging ? 9_000 : 5_000)).to.equal("run-cancelled");
      if (lagging) expect(await rest).to.equal("service-unavailable");
      else
        expect(await rest)
          .to.have.property("assets")
          .with.length(3);
    });
  }
});

describe("JobWatcher, if a wait is stopped", () => {
  it("does not begin a wait whose signal is aborted", async () => {
    const { service, wait } = running([hour]);
    const reason = new Error("stopped");
    expect(await failureOf(wait(0, { ...patient, signal: AbortSignal.abort(reason) }))).to.equal(reason);
    expect(service.calls).to.deep.equal([]);
  });

  for (const denied of [false, true]) {
    const operation = denied ? "getJob" : "listJobs";
    it(`breaks off ${operation} if it was the last, and polls for the next as usual`, async () => {
      const { service, jobs, watcher, wait } = running([hour, minute]);
      if (denied) service.fail("listJobs", "accessDenied");
      service.fail(operation, "unavailable", { hangs: true });
      const stop = new AbortController();
      void service.clock.pass(1_000).then(() => stop.abort(new Error("stopped")));
      await failureOf(wait(0, { ...patient, signal: stop.signal }));
      expect((await lags(service, jobs.slice(1), watcher))[0]).to.be.at.most(maxLagOf(minute));
      expect(service.count(operation)).to.equal(1 + pollsOf(minute - 1_000));
    });
  }

  it("does not break off a poll for another wait", async () => {
    const { service, wait } = running([hour, hour]);
    service.fail("listJobs", "unavailable", { hangs: true });
    const stop = new AbortController();
    void service.clock.pass(1_000).then(() => stop.abort(new Error("stopped")));
    void wait(1);
    await failureOf(wait(0, { ...patient, signal: stop.signal }));
    await service.clock.pass(minute);
    expect(service.count("listJobs")).to.equal(1);
  });

  it("reads no further page of ListJobs for it", async () => {
    const { service, wait } = running([hour], { latency: [1_000], pageSize: 1 });
    for (let i = 0; i < 9; i++) existing(service, s3Export([`new${i}`]), "COMPLETED", { age: -1_000 });
    const stop = new AbortController();
    void service.clock.pass(1_500).then(() => stop.abort(new Error("stopped")));
    await failureOf(wait(0, { ...patient, signal: stop.signal }));
    await service.clock.pass(hour);
    expect(service.story()).to.deep.equal(["listJobs"]);
  });

  it("does not call GetJob for it, although the poll had begun", async () => {
    const { service, jobs } = running([hour, hour], { latency: [1_000] });
    service.fail("listJobs", "accessDenied", always);
    const watcher = new JobWatcher(service, service.clock);
    const stop = new AbortController();
    const waits = jobs.map((job, i) =>
      watcher.wait(structuredClone(job), { ...patient, ...(i === 1 && { signal: stop.signal }) }),
    );
    while (service.count("getJob") === 0) await service.clock.pass(100);
    stop.abort(new Error("stopped"));
    await failureOf(waits[1]!);
    await waits[0];
    const asked = service.calls.filter(({ operation }) => operation === "getJob");
    expect(new Set(asked.map(({ subject }) => subject))).to.deep.equal(new Set(["job1"]));
  });
});
