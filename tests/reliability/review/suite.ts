/** Random programs: compares the review of a preview with the result of `pulumi up`. */
import { availableParallelism } from "node:os";

import { parsePreview } from "../../../review/parse-preview";
import { toText } from "../../../review/render";
import { reviewOf } from "../../../review/review";
import { previewAsJson } from "../../harness/review-result";
import type { RevisionIds } from "../../harness/service";
import { TestService } from "../../harness/service";
import { TestStack } from "../../harness/stack";
import type { Suite, SuiteContext, SuiteResult } from "../suite";
import { Random, runInWorkers } from "../suite";
import { deviationsOf, takeSnapshot } from "./compare";
import type { JobSpec, ProgramRevisions } from "./program";
import { changeProgram, firstProgram, keys, programOf, randomFault, revisions } from "./program";

const roundsPerStack = 6;

export const reviewSuite: Suite = {
  name: "review",
  title: "random programs: which jobs run, which assets are duplicated or deleted, in the review and in fact",
  async run({ progress }: SuiteContext): Promise<SuiteResult> {
    const lives = Number(process.env.REVIEW_LIVES ?? 30);
    const seed = process.env.REVIEW_SEED ?? String(Date.now());
    const seeds = Array.from({ length: lives }, (_, index) => (index === 0 ? seed : `${seed}-${index}`));
    let done = 0;
    const places = Array.from({ length: Math.min(2, availableParallelism()) }, (_, index) => String(index));
    const lived = await runInWorkers(places, seeds, async (_, each) => {
      const result = await runReviews(each, roundsPerStack);
      progress(`${++done} of ${lives} stacks, seed ${seed}`);
      return result;
    });
    return reviewSuiteResult(lived, seed);
  },
};

function reviewSuiteResult(lived: readonly ReviewRunResult[], seed: string): SuiteResult {
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

export interface ReviewRunResult {
  readonly seed: string;
  readonly rounds: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly broken: readonly { readonly what: string; readonly story: string }[];
}

export async function runReviews(seed: string, rounds: number): Promise<ReviewRunResult> {
  const service = await TestService.start({ jobDuration: "20ms", seed });
  const stack = await TestStack.create({ env: service.env });
  try {
    return await runRounds(seed, rounds, service, stack);
  } finally {
    await stack.remove();
    await service.stop();
  }
}

async function runRounds(
  seed: string,
  rounds: number,
  service: TestService,
  stack: TestStack,
): Promise<ReviewRunResult> {
  const random = new Random(seed);
  const places = await prepare(service);
  const broken: { what: string; story: string }[] = [];
  const counts: Record<string, number> = {};
  const add = (what: string, number = 1) => (counts[what] = (counts[what] ?? 0) + number);
  let specs: readonly JobSpec[] = firstProgram(random);
  for (let round = 1; round <= rounds; round++) {
    const program = programOf(specs, places);
    const before = await takeSnapshot(service, stack, places);
    const review = reviewOf(parsePreview(await previewAsJson(stack, program)));
    const fault = randomFault(random);
    const planted = fault && service.local.faults.add(fault);
    // With `--continue-on-error` the engine never ends where a deletion fails that comes before a replacement.
    const continueOnError = fault?.operation !== "DeleteAsset";
    const { error, stdout, stderr } = await stack.up(program, { continueOnError });
    planted?.remove();
    const after = await takeSnapshot(service, stack, places);
    const hasFailed = error !== undefined;
    for (const what of deviationsOf({ specs, places, review, before, after, hasFailed })) {
      const said = `${JSON.stringify(specs, undefined, 1)}\n${JSON.stringify(fault) ?? ""}\n${toText(review)}\n${stdout}${stderr}`;
      broken.push({ what: `round ${round}: ${what}`, story: said });
    }
    add(hasFailed ? "ups that failed" : "ups that succeeded");
    for (const { action, warnings } of review.running) {
      add(action);
      for (const { kind } of warnings) add(kind);
    }
    for (const { action } of review.idle) add(action);
    specs = changeProgram(specs, random);
  }
  return { seed, rounds, counts, broken };
}

async function prepare(service: TestService): Promise<ProgramRevisions> {
  await service.createBucket("source", Object.fromEntries(keys.slice(0, -1).map((key) => [key, key])));
  await service.createBucket("target");
  const of = async (dataSetId: string): Promise<RevisionIds[]> => {
    const made: RevisionIds[] = [];
    while (made.length < revisions)
      made.push({ dataSetId, revisionId: await service.createRevision(dataSetId) });
    return made;
  };
  return {
    files: await of(await service.createDataSet()),
    shares: await of(await service.createDataSet("REDSHIFT_DATA_SHARE")),
  };
}
