/** Ctrl-C and `customTimeouts` while resources are in all phases at once. No answer comes before the run has ended. */
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { ComponentResource, CustomResource, runtime } from "@pulumi/pulumi";
import { expect } from "chai";

import type { JobArgs } from "../../../index";
import { codesIn } from "../../../lib/message-code";
import { PluginJob, PluginJobSet } from "../../harness/attached-plugin";
import { setEnvironment } from "../../harness/environment";
import type { TestHost } from "../../harness/hosts";
import { forEachHost, forEachHostProcess } from "../../harness/hosts";
import { until } from "../../harness/processes";
import { downloadArgs, importArgs, uploadArgs } from "../../harness/programs";
import { hasSdkOfPlugin } from "../../harness/sdk-of-plugin";
import type { RevisionIds } from "../../harness/service";
import type { EngineRun } from "../../harness/stack";
import { expectSuccess } from "../../harness/stack";
import { deadlineSeconds, useDeadlines } from "../../simulation/deadlines";
import type { HeldCalls, Hold } from "./held-calls";
import { openHeldCalls } from "./held-calls";

interface Phase extends Hold {
  /** Whether the state has the job after the run. */
  readonly isKept: boolean;
  readonly args?: (revision: RevisionIds) => JobArgs;
}

const limit = { LimitName: "Concurrent in progress jobs to import assets from Amazon S3", LimitValue: 10 };
const upload = (revision: RevisionIds) => uploadArgs(revision, "a.csv", "1", { onDelete: "deleteAssets" });
const importOne = (revision: RevisionIds) => importArgs(revision, ["a.csv"], { onDelete: "deleteAssets" });

/** The phases of a job, by the call in which it is. */
const phases: Readonly<Record<string, Phase>> = {
  creation: { call: "CreateJob", isKept: false },
  "creation, with effect": { call: "CreateJob", hasEffect: true, isKept: false },
  "creation, throttled": { call: "CreateJob", error: [429, "ThrottlingException"], isKept: false },
  upload: { call: "UploadBody", args: upload, isKept: false },
  "upload, with effect": { call: "UploadBody", args: upload, hasEffect: true, isKept: false },
  "upload, failing": { call: "UploadBody", args: upload, error: [503, "SlowDown"], isKept: false },
  "listing of rivals": { call: "ListJobs", isKept: false },
  "listing of rivals, failing": { call: "ListJobs", error: [500, "InternalServerException"], isKept: false },
  start: { call: "StartJob", isKept: true },
  "start, with effect": { call: "StartJob", hasEffect: true, isKept: true },
  "start, throttled": { call: "StartJob", error: [429, "ThrottlingException"], isKept: true },
  "start, beyond the quota": {
    ...{ call: "StartJob", error: [402, "ServiceLimitExceededException", limit], isKept: true },
  },
  "listing of assets": { call: "ListRevisionAssets", isKept: true },
  "listing of assets, failing": { call: "ListRevisionAssets", error: [503, "SlowDown"], isKept: true },
};

/** How a run is stopped. */
interface Way {
  readonly code: string;
  readonly options?: CustomResourceOptions;
  /** `cancel` sends SIGINT to the engine. */
  readonly stop: (cancel: () => void) => void;
  /** Whether lookups and components end as well. Pulumi has no timeout for them. */
  readonly stopsAll: boolean;
}

class Finalization extends CustomResource {
  constructor(revision: RevisionIds, opts?: CustomResourceOptions) {
    super("dataexchange:index:RevisionFinalization", "finalization", { ...revision, jobs: [] }, opts);
  }
}

class Listing extends ComponentResource {
  constructor(revision: RevisionIds) {
    const args = { ...revision, bucket: "listed", prefix: "" };
    super("dataexchange:index:S3Import", "component", args, {}, true);
  }
}

function describeStop(host: TestHost, { code, options, stop, stopsAll }: Way): void {
  const quotas = { IMPORT_ASSETS_FROM_S3: 40, EXPORT_ASSET_TO_SIGNED_URL: 1 };
  const shared = host.useStack({ quotas });
  let calls: HeldCalls;
  let revisions: Record<string, RevisionIds>;
  let asset: RevisionIds & { assetId: string };
  let restore: (() => void) | undefined;

  before(async () => {
    const { service, stack } = shared;
    calls = await openHeldCalls(service.endpoint);
    const env = { AWS_ENDPOINT_URL: calls.url };
    restore = setEnvironment(env);
    Object.assign(stack.stack.workspace.envVars, env);
    await stack.configure({ "dataexchange:concurrentJobs": JSON.stringify(quotas) });
    await service.createBucket("source", { "a.csv": "1", "b.csv": "2" });
    await service.createBucket("listed", { "a.csv": "1" });
    const others = ["wait", "set", "turn", "finalization", "lookup", "component"];
    const names = [...Object.keys(phases), ...others];
    revisions = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await service.createEmptyRevision()] as const)),
    );
    asset = await service.importAsset(revisions.turn!, "source", "a.csv");
    await service.importAsset(revisions.finalization!, "source", "a.csv");
  });
  after(async () => {
    restore?.();
    await calls?.close();
  });

  const hold = (name: string, held: Hold) =>
    calls.watch(name, [name === "component" ? "/listed/?" : revisions[name]!.dataSetId], held);

  const program = (isStopped: boolean) => () => {
    for (const [name, { args = importOne }] of Object.entries(phases))
      new PluginJob(name, args(revisions[name]!), options);
    new PluginJob("wait", importOne(revisions.wait!), options);
    const jobs = { a: importArgs(revisions.set!, ["a.csv"]), b: importArgs(revisions.set!, ["b.csv"]) };
    new PluginJobSet("set", { jobs, onDelete: "deleteAssets" }, options);
    for (const name of ["turn 1", "turn 2"]) new PluginJob(name, downloadArgs(asset), options);
    new Finalization(revisions.finalization!, options);
    if (!isStopped || !stopsAll) return Promise.resolve();
    new Listing(revisions.component!);
    const lookup = runtime.invoke("dataexchange:index:getAssets", { ...revisions.lookup });
    return lookup.then(() => undefined);
  };

  /** Names of the resources whose rows show the code. */
  const stopped = ({ events }: EngineRun): string[] => {
    const rows = events.flatMap(({ diagnosticEvent: event }) =>
      event?.urn && codesIn(event.message).includes(code) ? [event.urn.split("::").at(-1)!] : [],
    );
    return [...new Set(rows)].sort();
  };
  const startsOf = (name: string) =>
    shared.service.local
      .jobs()
      .filter(({ details }) => JSON.stringify(details).includes(revisions[name]!.revisionId))
      .reduce((sum, { startCount }) => sum + startCount, 0);

  it("ends an up in every phase, and the next up continues with the same jobs", async () => {
    const { stack, service } = shared;
    let paused: Promise<() => void> | undefined;
    const assetsReached = () => calls.reached("listing of assets", "listing of assets, failing");
    const pause = () => (paused ??= assetsReached().then(() => service.local.pauseJobs()));
    for (const [name, phase] of Object.entries(phases)) hold(name, phase);
    hold("wait", { call: "StartJob", passAfter: pause });
    hold("set", { call: "StartJob", passAfter: pause, times: 2 });
    hold("turn", { call: "StartJob", passAfter: pause });
    hold("finalization", { call: "UpdateRevision" });
    if (stopsAll) {
      hold("lookup", { call: "ListRevisionAssets" });
      hold("component", { call: "GET /listed/" });
    }
    const cancelled = new AbortController();
    const up = stack.up(program(true), { signal: cancelled.signal, parallel: 40 });
    await calls.reached();
    await until(() => stack.lastRun!.stdout.includes("waiting for a slot"));
    stop(() => cancelled.abort());
    const run = await up;
    const resources = [...Object.keys(phases), "wait", "set", "turn 1", "turn 2", "finalization"].sort();
    expect(stopped(run)).to.deep.equal(resources);
    expect(run.stdout + run.stderr).to.not.contain("connection is closing");
    expect(await stack.readState()).to.not.contain("pending_operations");
    const before = new Map((await stack.jobs()).map(({ urn, id }) => [urn.split("::").at(-1)!, id]));
    const kept = Object.keys(phases).filter((name) => phases[name]!.isKept);
    expect([...before.keys()].filter((name) => name in phases).sort()).to.deep.equal(kept.sort());
    expect(await stack.resources(":JobSet")).to.have.length(1);

    calls.open();
    (await paused!)();
    expectSuccess(await stack.up(program(false), { parallel: 40 }));
    for (const { urn, id, outputs } of await stack.jobs()) {
      const name = urn.split("::").at(-1)!;
      expect([id, outputs.state], name).to.deep.equal([before.get(name) ?? id, "COMPLETED"]);
    }
    for (const name of [...Object.keys(phases), "wait"]) expect(startsOf(name), name).to.equal(1);
    expect(startsOf("set")).to.equal(2);
  });

  it("ends a destroy in every phase, and the next destroy deletes the rest", async () => {
    const { stack, service } = shared;
    hold("finalization", { call: "UpdateRevision" });
    hold("creation", { call: "GetRevision" });
    hold("upload", { call: "DeleteAsset" });
    hold("start", { call: "DeleteAsset", hasEffect: true });
    hold("wait", { call: "DeleteAsset", error: [429, "ThrottlingException"] });
    hold("set", { call: "DeleteAsset", times: 2 });
    const cancelled = new AbortController();
    const destroy = stack.run("destroy", undefined, { signal: cancelled.signal, parallel: 40 });
    await calls.reached();
    stop(() => cancelled.abort());
    const run = await destroy;
    const resources = ["finalization", "creation", "upload", "start", "wait", "set"];
    // Others may be stopped in a call that is not held.
    expect(stopped(run)).to.include.members(resources);
    expect(await stack.readState()).to.not.contain("pending_operations");
    expect((await stack.resources("")).map(({ urn }) => urn.split("::").at(-1)!)).to.include.members(
      resources,
    );

    calls.open();
    expectSuccess(await stack.destroy());
    for (const name of resources.filter((each) => each !== "finalization"))
      expect(await service.listAssetNames(revisions[name]!), name).to.deep.equal([]);
  });
}

forEachHostProcess("the first Ctrl-C", function (host) {
  this.timeout("10m");
  host.only("plugin", "cancel", () =>
    describeStop(host, { code: "run-cancelled", stop: (cancel) => cancel(), stopsAll: true }),
  );
});

forEachHost("the option customTimeouts", function (host) {
  this.timeout("10m");
  // The timers of deadlines are kept in this process. With another SDK the plugin is a process of its own.
  if (!hasSdkOfPlugin) return;
  host.only("plugin", "timeouts", () => {
    const pass = useDeadlines();
    const limit = `${deadlineSeconds}s`;
    const options = { customTimeouts: { create: limit, update: limit, delete: limit } };
    describeStop(host, { code: "deadline-passed", options, stop: pass, stopsAll: false });
  });
});
