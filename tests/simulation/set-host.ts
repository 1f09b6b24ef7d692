/** One process that runs sets of jobs at a simulated service. States are JSON, as in the engine. */
import type { JobSetError } from "../../provider/core/errors";
import type { JobOfSet, Step } from "../../provider/core/job-set/state";
import { jobsInState, planSteps } from "../../provider/core/job-set/state";
import type { JobSetInputs } from "../../provider/core/job-set/inputs";
import { inputsOfJobs, urnOfJob } from "../../provider/core/job-set/inputs";
import { deleteJobSet, runJobSet } from "../../provider/core/job-set/run";
import { readJobSet } from "../../provider/core/job-set/read";
import { resourceKeyOf } from "../../provider/core/job-context";
import type { HostOptions } from "./host";
import { host, namesOf } from "./host";
import { s3Import } from "./samples";
import type { Simulator } from "./simulator";

const setUrn = "urn:pulumi:dev::prices::pulumi-nodejs:dynamic/dataexchange:JobSet::prices";

export type SetState = Record<string, unknown>;

const kept = (outputs: object): SetState => JSON.parse(JSON.stringify(outputs)) as SetState;

export function setHost(service: Simulator, options: HostOptions = {}) {
  const process = host(service, options);
  const { session, ownership, records } = process;
  const dependencies = { ...process.dependencies, openSession: () => Promise.resolve(session), urn: setUrn };
  /** Records a state, as the adapter does first. */
  const see = async (state: SetState): Promise<void> => {
    for (const [name, job] of jobsInState(state)) {
      const resource = resourceKeyOf(session, urnOfJob(setUrn, name))!;
      for (const { id, outputs } of [job, ...(job.former ?? [])])
        ownership.recordFromState(id, outputs.assets);
      ownership.recordReplacement(resource, job);
      await records.remove(resource, job.id);
    }
  };
  return {
    ...process,
    create: async (inputs: JobSetInputs) => kept(await runJobSet(inputs, undefined, dependencies)),
    update: async (before: SetState, inputs: JobSetInputs) => {
      await see(before);
      return kept(await runJobSet(inputs, before, { ...dependencies, priorState: "unread" }));
    },
    steps: (before: SetState, inputs: JobSetInputs) => {
      const steps = [...planSteps(jobsInState(before), inputsOfJobs(inputs))];
      const kindOf = (step: Step) => (step.kind === "keep" && step.changes ? "update" : step.kind);
      return Object.fromEntries(steps.map(([name, step]) => [name, kindOf(step)]));
    },
    read: async (state: SetState) => kept(await readJobSet(state, dependencies)),
    delete: async (state: SetState) => {
      await see(state);
      return deleteJobSet(state, dependencies);
    },
  };
}

export const jobsOf = (state: SetState): Record<string, JobOfSet> => Object.fromEntries(jobsInState(state));

export const settings = { region: "us-east-1", onDelete: "deleteAssets" as const };

/** A set of imports: the keys of each job, by its name. */
export const imports = (jobs: Record<string, string[]>, more: Partial<JobSetInputs> = {}): JobSetInputs => ({
  ...settings,
  jobs: Object.fromEntries(
    Object.entries(jobs).map(([name, keys]) => {
      const { type, details } = s3Import(keys);
      return [name, { type, details }];
    }),
  ),
  ...more,
});

export const many = (count: number): Record<string, string[]> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`job-${n}`, [`${n}.csv`]]));

export const namesIn = (service: Simulator) => namesOf(service.assets).sort();

export const stateOf = (error: JobSetError): SetState => kept(error.outputs);
