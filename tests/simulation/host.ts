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
import { openSession } from "../../provider/core/session";
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
  /** Identifies the machine of the process. By default all processes of one service run on one machine. */
  machine?: object;
}

export type Host = ReturnType<typeof host>;

export function host(
  service: Simulator,
  { quotas, ownership = new JobOwnership(), wanted = () => true, machine = service.clock }: HostOptions = {},
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
  const session = openSession(service, service.clock, quotas);
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

/** The service as seen by a process that is killed in its `last` call, before or after the call takes effect. */
export function mortal(service: Simulator, last: number, takesEffect: boolean): Simulator {
  let calls = 0;
  return new Proxy(service, {
    get(target, name) {
      if (name === killed) return calls >= last;
      const held: unknown = Reflect.get(target, name);
      if (typeof held !== "function" || !operations.includes(name)) return held;
      return async (...args: unknown[]) => {
        calls++;
        if (calls > last || (calls === last && !takesEffect)) return never;
        const answer: unknown = await Reflect.apply(held, target, args);
        return calls < last ? answer : never;
      };
    },
  });
}

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
