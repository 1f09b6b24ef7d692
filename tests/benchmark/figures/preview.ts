/** What a preview costs that a whole lot of new jobs is in: processor time of the program, the CLI and the hosts. */
import { Ours } from "../contest/ours";
import type { ProgramName } from "../contest/programs";
import type { Figure, Reading } from "../benchmark";
import { asLargeWords } from "../support/programs";
import { Service, instant } from "../support/service";
import { jobCount, secondsOf } from "../format";

/** Seconds of processor time that will do, for a thousand. */
const allowed = 8;

export const preview = (count: number): Figure => ({
  name: "preview",
  what: `processor time of a \`preview\` of ${jobCount(count)}, all new`,
  against: asLargeWords,
  measure: (say) =>
    Service.lend(instant, async (service) => {
      const { dataSetId, revisionId } = await service.place("REDSHIFT_DATA_SHARE");
      const args = [dataSetId, revisionId, String(count)];
      const cpuOf = (program: ProgramName) =>
        Ours.lend(service, program, args, async (stack) => {
          say(`${program}, ${count} of them`);
          return (await stack.run("preview")).cpu;
        });
      const theirs = await cpuOf("asLarge");
      const reading = (of: string, ours: number): Reading => ({
        ...{ of, ours: secondsOf(ours), theirs: secondsOf(theirs), ratio: ours / theirs },
        ...{ goal: `≤ ${secondsOf(allowed)}`, reached: ours <= allowed },
      });
      return [reading("a Job each", await cpuOf("jobs")), reading("one JobSet", await cpuOf("jobSet"))];
    }),
});
