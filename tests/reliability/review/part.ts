/** Random programs: what the review of a preview says, held against what `pulumi up` then does. */
import { availableParallelism } from "node:os";

import type { Context, Outcome, Part } from "../frame/suite";
import { sideBySide } from "../frame/worker-pool";
import type { Lived } from "./life";
import { live } from "./life";

const roundsOfALife = 6;

export const reviewPart: Part = {
  name: "review",
  title:
    "random programs: which jobs run, what comes twice and what is deleted, as the review says it and as it is",
  async run({ progress }: Context): Promise<Outcome> {
    const lives = Number(process.env.REVIEW_LIVES ?? 30);
    const seed = process.env.REVIEW_SEED ?? String(Date.now());
    const seeds = Array.from({ length: lives }, (_, index) => (index === 0 ? seed : `${seed}-${index}`));
    let done = 0;
    const places = Array.from({ length: Math.min(2, availableParallelism()) }, (_, index) => String(index));
    const lived = await sideBySide(places, seeds, async (_, each) => {
      const result = await live(each, roundsOfALife);
      progress(`${++done} of ${lives} stacks, seed ${seed}`);
      return result;
    });
    return summaryOf(lived, seed);
  },
};

function summaryOf(lived: readonly Lived[], seed: string): Outcome {
  const counts: Record<string, number> = {};
  for (const life of lived)
    for (const [what, number] of Object.entries(life.counts)) counts[what] = (counts[what] ?? 0) + number;
  const rows = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    table: { head: ["what the reviews said, and what came of it", "times"], rows },
    figures: { stacks: lived.length, previews: lived.reduce((sum, { rounds }) => sum + rounds, 0) },
    notes: [`Seed ${seed}. REVIEW_SEED=${seed} REVIEW_LIVES=${lived.length} makes the same programs again.`],
    failures: lived.flatMap((life) =>
      life.broken.map(({ what, story }) => ({
        where: `REVIEW_SEED=${life.seed} REVIEW_LIVES=1 npm run prove -- review`,
        what,
        story,
      })),
    ),
    details: lived.map(({ seed, counts }) => ({ seed, counts })),
  };
}
