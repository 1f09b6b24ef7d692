/** One race: the processes of explicit providers declare the same jobs in one run, and some of them are killed at a call. */
import { secret } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";

import { PluginJob, PluginProvider } from "../../harness/attached-plugin";
import { descendants, isAlive, kill, until } from "../../harness/processes";
import { importArgs } from "../../harness/programs";
import type { Secrets } from "../../harness/secrets";
import { seededSecrets } from "../../harness/secrets";
import type { RevisionIds } from "../../harness/service";
import { TestService } from "../../harness/service";
import type { SearchedStack } from "../engine-stack";
import type { StackRun } from "../faults/scenarios";
import { jobsOf, startsOf } from "../faults/scenarios";
import { NotReachedError, quiet, startRun, upAfter } from "../killed-run";
import type { Boundary, Call } from "../proxy";
import { openCallGate } from "../proxy";
import { Guarantees } from "../suite";

/** The killed processes. The caller is the provider whose call is held; after a kill of the engine alone, its call continues. */
export const victims = ["nothing", "caller", "others", "engine", "all"] as const;

export interface Race {
  readonly providers: number;
  readonly boundary: Boundary;
  readonly killed: (typeof victims)[number];
}

export interface RaceResult {
  readonly race: Race;
  /** Created jobs, and how often one was started. */
  readonly jobCount: number;
  readonly starts: number;
  /** Calls of StartJob that the service refused because of its quota. */
  readonly refused: number;
  readonly broken: readonly string[];
  readonly calls: readonly string[];
}

const endedEarly = ({ error }: StackRun): never => {
  throw new NotReachedError(error ?? "the run succeeded");
};

const type = "IMPORT_ASSETS_FROM_S3";
const quota = 2;
const jobsOfEach = 2;

export async function runRace(race: Race, stack: SearchedStack, secrets: Secrets): Promise<RaceResult> {
  const access: string[] = [];
  await using service = await TestService.start({
    jobDuration: 100,
    quotas: { [type]: quota },
    onRequest: (entry) => access.push(JSON.stringify(entry)),
  });
  await using gate = await openCallGate(service.endpoint);
  await service.createBucket("source", { "a.csv": "1" });
  const revision = await service.createEmptyRevision();
  const { program, processes } = racingProgram(race.providers, revision, gate.url);
  await stack.loseState();

  const held = gate.hold(race.boundary);
  const { run, engine } = await startRun(stack, program);
  const call = await Promise.race([held.reached, run.then(endedEarly)]);
  await until(() => processes.size === race.providers);
  // The others go as far as they may without the caller. An engine that is killed as it writes the state leaves half of it.
  if (["nothing", "engine", "all"].includes(race.killed)) await quiet(gate, 500);
  const guarantees = new Guarantees();
  const refusals = () =>
    service.local.requests.filter(({ operation, status }) => operation === "StartJob" && status === 402)
      .length;
  const early = refusals();
  guarantees.verify(
    early === 0,
    `${early} calls of StartJob were beyond the quota, although no process was killed`,
  );

  const plugins = [...processes.values()];
  guarantees.verify(
    new Set(plugins).size === race.providers,
    `the providers have the processes ${plugins.join(", ")}`,
  );
  const caller = processes.get(providerOf(call))!;
  const others = plugins.filter((pid) => pid !== caller);
  const victimsOf: Record<Race["killed"], readonly number[]> = {
    ...{ nothing: [], caller: [caller], others, engine: [engine], all: [engine, ...plugins] },
  };
  const pids = victimsOf[race.killed];
  pids.forEach(kill);
  await until(() => !pids.some(isAlive));
  if (pids.includes(caller)) held.drop();
  else held.release();
  const { error } = await run;
  guarantees.verify(error === undefined || pids.length > 0, `the run without a kill failed: ${error}`);
  // Removes the lock of the killed engine. Providers without an engine race with the next run.
  if (pids.includes(engine)) await stack.test.stack.cancel();
  const next = await upAfter(stack, program);
  guarantees.verify(next.error === undefined, `the next run failed: ${next.error}`);
  await until(() => !plugins.some(isAlive));

  await verifyEnd(guarantees, race, stack, service, revision);
  for (const { secret: found, place } of [
    ...stack.search(),
    ...secrets.search("access log", access.join("\n")),
  ])
    guarantees.verify(false, `the ${found} is in the ${place}`);
  const { broken } = guarantees;
  const jobs = jobsOf({ service, revision }, type);
  return {
    race,
    jobCount: jobs.length,
    starts: startsOf(jobs),
    refused: refusals(),
    broken,
    calls: gate.calls,
  };
}

/** Each resource has a job and an asset of its own, and nothing else has run. */
async function verifyEnd(
  guarantees: Guarantees,
  { providers }: Race,
  stack: SearchedStack,
  service: TestService,
  revision: RevisionIds,
): Promise<void> {
  const expected = providers * jobsOfEach;
  const inState = await stack.test.jobs();
  const states = inState.map(({ outputs }) => outputs.state);
  guarantees.verify(
    states.length === expected && states.every((state) => state === "COMPLETED"),
    `the jobs in state are ${states.join(", ") || "none"}`,
  );
  const ids = new Set(inState.map(({ id }) => id));
  guarantees.verify(ids.size === inState.length, "two resources share a job");
  const jobs = jobsOf({ service, revision }, type);
  guarantees.verify(!jobs.some(({ startCount }) => startCount > 1), "a job was started twice");
  const starts = startsOf(jobs);
  guarantees.verify(starts === expected, `${expected} resources started ${starts} jobs`);
  const started = new Set(jobs.filter(({ startCount }) => startCount === 1).map(({ id }) => id));
  guarantees.verify(
    [...ids].every((id) => started.has(id)),
    "a job in state has had no effect",
  );
  const owned = inState.flatMap(({ outputs }) => outputs.assets.map(({ id }) => id));
  const assets = (await service.assetsIn(revision)).map(({ id }) => id);
  guarantees.verify(
    owned.length === expected && owned.sort().join() === assets.sort().join(),
    `the state names the assets ${owned.join(", ")}, and the revision holds ${assets.join(", ")}`,
  );
}

const names = ["one", "two", "three"];

/** Providers differ in their access key, which a call shows. All keys belong to one account. */
const keyOf = (provider: string): string => `AKIARACING${provider.toUpperCase()}`;
const providerOf = ({ headers }: Call): string =>
  /Credential=AKIARACING(\w+)/.exec(headers.authorization!)![1]!.toLowerCase();

/** Each provider declares the same jobs. `processes` are those of the last run, by provider. */
function racingProgram(
  providers: number,
  revision: RevisionIds,
  endpoint: string,
): { program: PulumiFn; processes: Map<string, number> } {
  const processes = new Map<string, number>();
  const program = async () => {
    processes.clear();
    const opened: PluginProvider[] = [];
    const known = new Set(pluginProcesses());
    for (const name of names.slice(0, providers)) {
      const provider = new PluginProvider(name, {
        accessKey: keyOf(name),
        secretKey: secret(seededSecrets.secretKey),
        endpoints: JSON.stringify([{ dataexchange: endpoint, s3: endpoint, sts: endpoint }]),
        concurrentJobs: JSON.stringify({ [type]: quota }),
      });
      opened.push(provider);
      // The engine starts a provider's process before it answers.
      await new Promise((resolve) => provider.urn.apply(resolve));
      const started = pluginProcesses().find((pid) => !known.has(pid))!;
      known.add(started);
      processes.set(name, started);
    }
    for (const [index, provider] of opened.entries()) {
      for (let n = 0; n < jobsOfEach; n++)
        new PluginJob(`${names[index]}${n}`, importArgs(revision, ["a.csv"]), { provider });
    }
  };
  return { program, processes };
}

const pluginProcesses = (): number[] =>
  descendants(process.pid)
    .filter(({ command }) => /plugin\/start\.cjs/.test(command))
    .map(({ pid }) => pid);
