/** One process that runs the core at a simulated service, as Pulumi's host does. */
import { createHash } from "node:crypto";

import { expect } from "chai";

import type { Message } from "../../lib/message-code";
import type * as ports from "../../provider/core/ports";
import type { JobInputs } from "../../provider/core/arguments";
import type { JobOutputs } from "../../provider/core/state";
import { JobOwnership } from "../../provider/core/job-ownership";
import { createJob } from "../../provider/core/create";
import { deleteJob } from "../../provider/core/delete";
import { diffJob } from "../../provider/core/diff";
import type { Session } from "../../provider/core/session";
import { openSession, stoppableSession } from "../../provider/core/session";
import { readJob } from "../../provider/core/read";
import { resourceKeyOf, requestText } from "../../provider/core/job-context";
import { updateJob } from "../../provider/core/update";
import type { Operation } from "./faults";
import { MemoryRecords } from "./memory-records";
import type { Simulator } from "./simulator";

export const md5Of = (text: string): string => createHash("md5").update(text).digest("base64");

/** A body given as text. */
export const body = (text: string): ports.BodySource => ({
  hash: createHash("sha256").update(text).digest("hex"),
  text,
});

/** Texts, and the files with a size in `files`. */
export const bodiesOf = (service?: Simulator, files: Record<string, number> = {}): ports.UploadBodies => ({
  size: ({ text, path }) => {
    if (text !== undefined) return Promise.resolve(Buffer.byteLength(text));
    const size = files[path ?? ""];
    return size === undefined ? Promise.reject(new Error(`ENOENT: no file ${path}`)) : Promise.resolve(size);
  },
  md5: ({ text = "" }) => Promise.resolve(md5Of(text)),
  put: async ({ text = "" }, url, md5, onProgress, signal) => {
    onProgress(text.length);
    await service!.put(url, JSON.stringify({ text, md5 }), signal);
  },
});

export interface HostOptions {
  quotas?: Record<string, number>;
  /** The ownership of another session in the same process. */
  ownership?: JobOwnership;
  /** Whether the engine runs. */
  wanted?: () => boolean;
  /** Stops the operations of this host. */
  signal?: AbortSignal;
  /** Another host of the same process, which shares its session and ownership. */
  beside?: { sharedSession: Session; ownership: JobOwnership };
  /** Identifies the machine of the process. By default all processes of one service run on one machine. */
  machine?: object;
}

export type Host = ReturnType<typeof host>;

export function host(
  service: Simulator,
  {
    quotas,
    signal,
    beside,
    ownership = beside?.ownership ?? new JobOwnership(),
    wanted = () => true,
    machine = service.clock,
  }: HostOptions = {},
) {
  const records = new MemoryRecords(machine, () => !isKilled(service) && wanted());
  const urns = new Map<string, number>();
  /** Two processes with the same work run the same program, so their resources have the same URNs. */
  const urnOf = (inputs: JobInputs): string => {
    const work = requestText(inputs);
    const nth = (urns.get(work) ?? 0) + 1;
    urns.set(work, nth);
    return `urn:${work}#${nth}`;
  };
  const sharedSession = beside?.sharedSession ?? openSession(service, service.clock, quotas);
  const session = signal ? stoppableSession(sharedSession, signal) : sharedSession;
  const statuses: string[] = [];
  const notes: string[] = [];
  const warnings: string[] = [];
  const dependencies = {
    session,
    ownership,
    records,
    bodies: bodiesOf(service),
    reporter: {
      status: (text: string) => statuses.push(text),
      note: ({ code }: Message) => notes.push(code),
      warn: ({ code }: Message) => warnings.push(code),
    },
    assertEngineAlive: () =>
      wanted() ? Promise.resolve() : Promise.reject(new Error("The engine has gone away.")),
  };
  return {
    dependencies,
    session,
    sharedSession,
    ownership,
    records,
    statuses,
    notes,
    warnings,
    create: (inputs: JobInputs, urn = urnOf(inputs)) => createJob(inputs, { ...dependencies, urn }),
    update: (id: string, olds: JobOutputs, inputs: JobInputs, urn?: string) =>
      updateJob(id, olds, inputs, { ...dependencies, urn }),
    read: (id: string, olds: JobOutputs) => readJob(id, olds, dependencies),
    /** Records the deleted job, as the adapter does. */
    delete: async (id: string, olds: JobOutputs, urn?: string) => {
      const resource = resourceKeyOf(session, urn);
      await deleteJob(id, olds, { ...dependencies, resource });
      if (resource && !ownership.replacedJob(resource))
        ownership.recordReplacement(resource, { id, outputs: olds });
    },
    /** Records the replaced job, as the adapter does. */
    diff: (id: string, olds: JobOutputs, inputs: JobInputs, urn?: string) => {
      ownership.recordFromState(id, olds.assets);
      const diff = diffJob(olds, { ...inputs }, records.deletions.has(id));
      const resource = resourceKeyOf(session, urn);
      if (diff.replaces.length > 0 && resource) ownership.recordReplacement(resource, { id, outputs: olds });
      return diff;
    },
  };
}

const operations: readonly (string | symbol)[] = [
  ...([
    "createJob",
    "startJob",
    "getJob",
    "cancelJob",
    "listJobs",
    "listRevisionAssets",
  ] satisfies Operation[]),
  ...(["deleteAsset", "getRevision", "setFinalized", "put"] satisfies Operation[]),
];

const killed = Symbol("killed");

/** Whether the process with this view of the service was killed. */
const isKilled = (service: Simulator): boolean => Reflect.get(service, killed) === true;

const never = new Promise<never>(() => undefined);

type Call = () => Promise<unknown>;

/** The service as seen by a process whose n-th call goes through `pass`. */
function intercepted(
  service: Simulator,
  pass: (nth: number, call: Call) => Promise<unknown>,
  isDead: (calls: number) => boolean = () => false,
): Simulator {
  let calls = 0;
  return new Proxy(service, {
    get(target, name) {
      if (name === killed) return isDead(calls);
      const held: unknown = Reflect.get(target, name);
      if (typeof held !== "function" || !operations.includes(name)) return held;
      return (...args: unknown[]) =>
        pass(++calls, () => Reflect.apply(held, target, args) as Promise<unknown>);
    },
  });
}

/** The service as seen by a process that is killed in its `last` call, before or after the call takes effect. */
export function mortal(service: Simulator, last: number, takesEffect: boolean): Simulator {
  let isKilled = false;
  const pass = async (nth: number, call: Call) => {
    isKilled ||= nth >= last;
    if (nth > last || (nth === last && !takesEffect)) return never;
    const answer = await call();
    return isKilled ? never : answer;
  };
  return intercepted(service, pass, (calls) => calls >= last);
}

/** When a run is stopped: before its call reaches the service, while its answer is on the way, or just after that. */
export type StopMoment = "unsent" | "unanswered" | "answered";

/** The service as seen by a process whose `last` call coincides with `stop`. */
export const stopping = (service: Simulator, last: number, moment: StopMoment, stop: () => void): Simulator =>
  intercepted(service, async (nth, call) => {
    if (nth !== last) return call();
    if (moment === "answered") return call().finally(() => void setImmediate(stop));
    if (moment === "unanswered") await call().catch(() => undefined);
    stop();
    return never;
  });

export const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id);
export const namesOf = (items: readonly { name: string }[]) => items.map(({ name }) => name);
export const statesOf = (items: readonly { state: string }[]) => items.map(({ state }) => state);

/** One job was started and completed, and the others were cancelled. */
export const expectOneJob = (service: Simulator, jobs = 1): void => {
  service.advance();
  expect(service.effects()).to.have.length(1);
  const cancelled = Array<string>(jobs - 1).fill("CANCELLED");
  expect(statesOf(service.jobs).sort()).to.deep.equal([...cancelled, "COMPLETED"]);
};
