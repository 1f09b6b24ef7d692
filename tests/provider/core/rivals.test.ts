import { expect } from "chai";

import type { JobInputs } from "../../../provider/core/arguments";
import { resourceKeyOf } from "../../../provider/core/job-context";
import type { JobState } from "../../../service-model/job";
import { host } from "../../simulation/host";
import {
  apiImport,
  codeOf,
  day,
  existing,
  hour,
  s3Export,
  s3Import,
  tagPolicyImport,
  unfinishedOf,
  upload,
  urn,
} from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";

describe("createJob beside a similar job", () => {
  const ended = (["COMPLETED", "ERROR", "CANCELLED", "TIMED_OUT"] as const).map(
    (state) => [state, hour] as const,
  );
  const states: (readonly [state: JobState, age: number])[] = [
    ...ended,
    ["COMPLETED", 10 * day],
    ["IN_PROGRESS", 60_000],
  ];
  for (const [state, age] of states) {
    for (const [inputs, assets] of [
      [s3Import(["a", "b"]), 2],
      [s3Export(["a", "b"]), 0],
      [upload(), 1],
    ] as const) {
      it(`runs a new ${inputs.type} beside one in ${state} that is ${age / 1_000} s old`, async () => {
        const service = new Simulator({ duration: 120_000 });
        const job = existing(service, inputs, state, { age });
        const { id, outputs } = await host(service).create(inputs);
        expect(id).to.not.equal(job.id);
        expect([outputs.state, outputs.assets.length]).to.deep.equal(["COMPLETED", assets]);
      });
    }
  }

  it("notes a similar job if its assets may exist twice, but not after a replacement", async () => {
    const service = new Simulator();
    existing(service, s3Import(), "COMPLETED");
    const first = host(service, { machine: {} });
    const { id, outputs } = await first.create(s3Import(), urn);
    expect(first.notes).to.deep.equal(["similar-job-found"]);
    const second = host(service, { machine: {} });
    second.diff(id, outputs, s3Import(["a.csv"], { triggers: [1] }), urn);
    await second.create(s3Import(["a.csv"], { triggers: [1] }), urn);
    expect(second.notes).to.deep.equal([]);
  });

  it("starts a waiting job instead of a new one, because it will read the present content", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(["b", "a"]), "WAITING");
    const { id, outputs } = await host(service).create(s3Import(["a", "b"]));
    expect([id, outputs.__shared]).to.deep.equal([job.id, true]);
  });

  it("starts a waiting job that the record of the same resource names", async () => {
    const service = new Simulator();
    const job = existing(service, s3Import(), "WAITING");
    const { create, records, session } = host(service);
    records.findKey = () => Promise.resolve(resourceKeyOf(session, urn));
    expect((await create(s3Import(), urn)).id).to.equal(job.id);
    expect(service.effects()).to.deep.equal([job.id]);
  });

  it("cancels a waiting upload whose URL has expired", async () => {
    const service = new Simulator({ urlLifetime: 60_000 });
    const job = existing(service, upload(), "WAITING", { age: 61_000 });
    const { id } = await host(service).create(upload());
    expect([job.state, service.effects()]).to.deep.equal(["CANCELLED", [id]]);
  });

  const tagged = (...tags: { key: string; value: string }[]) =>
    s3Import(["a", "b"], { assetConfiguration: { tags } });
  const others: [what: string, other: JobInputs, inputs: JobInputs][] = [
    ["other keys", s3Import(["a", "c"]), tagged()],
    ["fewer keys", s3Import(["a"]), tagged()],
    ["other tags", tagged({ key: "k", value: "v" }), tagged()],
    ["another type", s3Export(["a", "b"]), tagged()],
    ["another API key", apiImport({ apiKey: "1" }), apiImport({ apiKey: "2" })],
  ];
  for (const [what, other, inputs] of others) {
    it(`leaves a waiting job with ${what} alone`, async () => {
      const service = new Simulator();
      const job = existing(service, other, "WAITING", { age: 1 });
      expect((await host(service).create(inputs)).id).to.not.equal(job.id);
      expect(job.state).to.equal("WAITING");
    });
  }

  it("does not cancel a waiting job that a record on this machine links to another resource", async () => {
    const service = new Simulator({ duration: hour }).fail("startJob", "limit", { times: 40 });
    void host(service).create(s3Import(), urn);
    await service.clock.pass(1_000);
    const { id } = await host(service).create(s3Import(), `${urn}2`);
    expect(id).to.equal("job2");
    await service.clock.pass(3 * hour);
    expect(service.effects().sort()).to.deep.equal(["job1", "job2"]);
  });
});

describe("createJob with contradictory answers", () => {
  /** A rival starts after CreateJob. ListJobs shows it as waiting, and GetJob as `shown`. */
  const contradicting = (shown: JobState) => {
    const service = new Simulator({ duration: hour });
    const listJobs = service.listJobs.bind(service);
    const getJob = service.getJob.bind(service);
    const createJob = service.createJob.bind(service);
    let rival: string | undefined;
    service.createJob = async (request) => {
      const job = await createJob(request);
      await service.clock.pass(10);
      const other = service.newJob(request);
      service.run(other);
      rival = other.id;
      return job;
    };
    service.listJobs = async (query) => {
      const { items, ...page } = await listJobs(query);
      return { ...page, items: items.map((job) => (job.id === rival ? { ...job, state: "WAITING" } : job)) };
    };
    service.getJob = async (id) => {
      const job = await getJob(id);
      return id === rival ? { ...job, state: shown } : job;
    };
    return service;
  };

  it("cancels its job if GetJob shows that a rival has started", async () => {
    const service = contradicting("IN_PROGRESS");
    const inputs = s3Import(["a.csv"], { timeouts: { run: "10s" } });
    const { id } = await unfinishedOf(host(service).create(inputs, urn));
    expect(service.effects()).to.deep.equal([id]);
    expect(service.count("cancelJob")).to.equal(2);
  });

  it("fails at timeouts.request if a rival has neither started nor can be cancelled", async () => {
    const service = contradicting("WAITING");
    const inputs = s3Import(["a.csv"], { timeouts: { request: "30s" } });
    expect(await codeOf(host(service).create(inputs, urn))).to.equal("rival-job-not-cancelled");
    expect(service.jobs[0]!.state).to.equal("CANCELLED");
  });

  it("starts its job only when ListJobs shows it", async () => {
    const service = new Simulator({ listingLag: 20_000 });
    const created = host(service).create(s3Import());
    await service.clock.pass(19_000);
    expect(service.effects()).to.deep.equal([]);
    expect((await created).outputs.state).to.equal("COMPLETED");
  });

  it("cancels its job if ListJobs does not show it until timeouts.request", async () => {
    const service = new Simulator({ listingLag: Infinity });
    const waiting = host(service).create(s3Import(["a"], { timeouts: { request: "1m" } }));
    expect(await codeOf(waiting)).to.equal("job-not-listed");
    expect([service.effects(), service.jobs[0]!.state]).to.deep.equal([[], "CANCELLED"]);
  });

  it("fails if the role for ListJobs cannot be assumed", async () => {
    const facts = { action: "sts:AssumeRole" };
    const service = new Simulator().fail("listJobs", "accessDenied", { times: Infinity, facts });
    const { create, warnings } = host(service);
    expect(await codeOf(create(s3Import()))).to.equal("access-denied");
    expect([service.effects(), warnings]).to.deep.equal([[], []]);
  });
});

it("createJob gives each of two tag policy imports into one revision the assets of its policy", async () => {
  const service = new Simulator();
  const { create, warnings } = host(service);
  const policies = ["one", "two"];
  const created = await Promise.all(policies.map((policy) => create(tagPolicyImport(policy))));
  const shown = created.map(({ outputs }) => service.assets.find(({ id }) => id === outputs.assets[0]!.id));
  policies.forEach((policy, i) => expect(JSON.stringify(shown[i])).to.contain(`["${policy}","all"]`));
  expect(warnings).to.deep.equal([]);
});
