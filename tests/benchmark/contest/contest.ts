/** One piece of work done by ours and by rivals, in turn, at one local service with the service's own quotas. */
import type { Say } from "../benchmark";
import { Service } from "../support/service";
import type { Measured } from "./measured";
import { Ours } from "./ours";
import type { ProgramName } from "./programs";
import type { RivalName } from "./rivals";
import { can, runRival } from "./rivals";
import type { Task, Work } from "./works";
import { withWork } from "./works";

/** Ours where it matters comes in two forms: a component or Jobs, and one JobSet. */
export type OwnName = "ours" | "JobSet";
export type Contestant = OwnName | RivalName;

/** The program of ours for a piece of work, if there is one in this form. */
const programOf = (who: OwnName, work: Work): ProgramName | undefined =>
  who === "ours" ? work : work === "independent" ? "independentSet" : undefined;

export const isOwn = (who: Contestant): who is OwnName => who === "ours" || who === "JobSet";

/** What one contestant took for a piece of work, which has been found whole afterwards. */
export interface Run extends Measured {
  readonly work: Work;
  readonly who: Contestant;
  /** Objects, assets or files. */
  readonly count: number;
  /** Seconds that a job lasts, and that the quota of jobs at once takes by itself. */
  readonly lasting: number;
  readonly ideal: number;
  /** Bytes of Pulumi's state; rivals have none. */
  readonly state?: number;
}

export interface Contest {
  readonly work: Work;
  readonly count: number;
  readonly lasting: number;
  readonly who: readonly Contestant[];
  /** What else is asked of our stack while it is there. */
  readonly afterwards?: (ours: Ours, service: Service) => Promise<void>;
}

/** Objects that a job takes, and jobs of a type at once. Source: AWS Data Exchange User Guide, quotas. */
const perJob: Record<Work, number> = { publish: 100, export: 100, independent: 1, upload: 1 };
const quota = 10;

export const idealOf = ({ work, count, lasting }: Pick<Contest, "work" | "count" | "lasting">): number =>
  Math.ceil(Math.ceil(count / perJob[work]) / quota) * lasting;

export const contest = (given: Contest, say: Say, record: (run: Run) => void): Promise<Run[]> =>
  Service.lend([], (service) => {
    const { work, count, lasting, who } = given;
    say(`preparing to ${work} ${count}`);
    return withWork(service, work, count, async (nextTask) => {
      await service.set({ jobDuration: lasting * 1_000 });
      const runs: Run[] = [];
      for (const one of who) {
        const program = isOwn(one) ? programOf(one, work) : undefined;
        if (!program && (isOwn(one) || !can(one, work))) continue;
        say(`${one}: ${work} ${count}, at least ${idealOf(given)} s`);
        const task = await nextTask();
        const took = isOwn(one)
          ? await runOurs(service, given, program!, task)
          : await runRival(service, one, work, task.args);
        await task.check();
        const run = { work, who: one, count, lasting, ideal: idealOf(given), ...took };
        runs.push(run);
        record(run);
      }
      return runs;
    });
  });

const runOurs = (service: Service, { afterwards }: Contest, program: ProgramName, task: Task) =>
  Ours.lend(service, program, task.args, async (ours) => {
    const took = { ...(await ours.run("up")), state: await ours.stateSize() };
    if (afterwards) {
      await task.check();
      await afterwards(ours, service);
    }
    return took;
  });
