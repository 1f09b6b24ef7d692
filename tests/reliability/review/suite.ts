/** Random programs: compares the review of a preview with the result of `pulumi up`. */
import { mapConcurrently } from "../../../lib/map-concurrently";
import { parsePreview } from "../../../review/parse-preview";
import { toText } from "../../../review/render";
import { reviewOf } from "../../../review/review";
import { attachPlugin, pluginConfig } from "../../harness/attached-plugin";
import type { HostName } from "../../harness/host-differences";
import { previewAsJson } from "../../harness/review-result";
import type { RevisionIds } from "../../harness/service";
import { TestService } from "../../harness/service";
import { TestStack } from "../../harness/stack";
import type { Failure, Suite, SuiteContext, SuiteResult } from "../suite";
import { Counter, Random, seedsFrom } from "../suite";
import { deviationsOf, takeSnapshot } from "./compare";
import type { JobSpec, ProgramRevisions } from "./program";
import { changeProgram, firstProgram, keys, programOf, randomFault, revisionCount } from "./program";

const roundsPerStack = 6;
const maxConcurrentEngines = 2;

export const reviewSuite: Suite = {
  name: "review",
  title: "random programs: which jobs run, which assets are duplicated or deleted, in the review and in fact",
  async run({ progress, host }: SuiteContext): Promise<SuiteResult> {
    const stacks = Number(process.env.REVIEW_SEQUENCES ?? 30);
    const seed = process.env.REVIEW_SEED ?? String(Date.now());
    let done = 0;
    const results = await mapConcurrently(seedsFrom(seed, stacks), maxConcurrentEngines, async (each) => {
      const result = await runReviews(each, roundsPerStack, host);
      progress(`${++done} of ${stacks} stacks, seed ${seed}`);
      return { seed: each, ...result };
    });
    const total = new Counter();
    for (const { counts } of results) total.merge(counts);
    return {
      table: {
        head: ["statement of the reviews, or result", "times"],
        rows: Object.entries(total.all()).sort(([a], [b]) => (a < b ? -1 : 1)),
      },
      figures: { stacks, previews: stacks * roundsPerStack },
      notes: [`Seed ${seed}. REVIEW_SEED=${seed} REVIEW_SEQUENCES=${stacks} repeats the run.`],
      failures: results.flatMap(({ broken }) => broken),
      details: results.map(({ seed: own, counts }) => ({ seed: own, counts })),
    };
  },
};

export async function runReviews(
  seed: string,
  rounds: number,
  host: HostName,
): Promise<{ counts: Readonly<Record<string, number>>; broken: readonly Failure[] }> {
  // Stacks of one process share the records of their jobs, so no two services may give the same ids.
  await using service = await TestService.start({ jobDuration: "20ms", seed: `${host} ${seed}` });
  using plugin = host === "plugin" ? await attachPlugin() : undefined;
  await using stack = await TestStack.create(
    plugin ? { env: plugin.env, config: pluginConfig(service) } : { env: service.env },
  );
  const where = `REVIEW_SEED=${seed} REVIEW_SEQUENCES=1 npm run prove -- review --host ${host}`;
  const random = new Random(seed);
  const revisions = await prepare(service);
  const broken: Failure[] = [];
  const counts = new Counter();
  let specs: readonly JobSpec[] = firstProgram(random);
  for (let round = 1; round <= rounds; round++) {
    const program = programOf(specs, revisions, host);
    const before = await takeSnapshot(service, stack, revisions);
    const review = reviewOf(parsePreview(await previewAsJson(stack, program)));
    const rule = randomFault(random);
    const fault = rule && service.local.faults.add(rule);
    // With `--continue-on-error` the engine never ends if a deletion before a replacement fails.
    const continueOnError = rule?.operation !== "DeleteAsset";
    const { error, stdout, stderr } = await stack.up(program, { continueOnError });
    fault?.remove();
    const after = await takeSnapshot(service, stack, revisions);
    const hasFailed = error !== undefined;
    const isCutShort = /failed to register/.test(error?.message ?? "");
    const log = `${JSON.stringify([specs, rule], undefined, 1)}\n${toText(review)}\n${stdout}${stderr}`;
    for (const what of deviationsOf({
      ...{ specs, revisions, review, before, after, hasFailed, isCutShort },
    }))
      broken.push({ where, what: `round ${round}: ${what}`, log });
    counts.add(hasFailed ? "ups that failed" : "ups that succeeded");
    for (const { action, warnings } of review.running)
      for (const name of [action, ...warnings.map(({ kind }) => kind)]) counts.add(name);
    for (const { action } of review.idle) counts.add(action);
    specs = changeProgram(specs, random);
  }
  return { counts: counts.all(), broken };
}

async function prepare(service: TestService): Promise<ProgramRevisions> {
  await service.createBucket("source", Object.fromEntries(keys.slice(0, -1).map((key) => [key, key])));
  await service.createBucket("target");
  const of = async (dataSetId: string): Promise<RevisionIds[]> => {
    const created: RevisionIds[] = [];
    while (created.length < revisionCount)
      created.push({ dataSetId, revisionId: await service.createRevision(dataSetId) });
    return created;
  };
  return {
    files: await of(await service.createDataSet()),
    shares: await of(await service.createDataSet("REDSHIFT_DATA_SHARE")),
  };
}
