/** One stack through a few random programs: each is previewed, reviewed and brought up. */
import { parsePreview, reviewOf, toText } from "../../../review/index";
import { previewAsJson } from "../../harness/review-result";
import { TestStack } from "../../harness/stack";
import { TestService } from "../../harness/service";
import { changed, firstProgram, keys, revisions, trouble } from "./changes";
import { deviationsOf } from "./compare";
import type { Place, Places, Spec } from "./program";
import { programOf } from "./program";
import { Random } from "./random";
import { look } from "./seen";

export interface Lived {
  readonly seed: string;
  readonly rounds: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly broken: readonly { readonly what: string; readonly story: string }[];
}

export async function live(seed: string, rounds: number): Promise<Lived> {
  const service = await TestService.start({ jobDuration: "20ms", seed });
  const stack = await TestStack.create({ env: service.env });
  try {
    return await rounded(seed, rounds, service, stack);
  } finally {
    await stack.remove();
    await service.stop();
  }
}

async function rounded(seed: string, rounds: number, service: TestService, stack: TestStack): Promise<Lived> {
  const random = new Random(seed);
  const places = await prepare(service);
  const broken: { what: string; story: string }[] = [];
  const counts: Record<string, number> = {};
  const add = (what: string, number = 1) => (counts[what] = (counts[what] ?? 0) + number);
  let specs: readonly Spec[] = firstProgram(random);
  for (let round = 1; round <= rounds; round++) {
    const program = programOf(specs, places);
    const before = await look(service, stack, places);
    const review = reviewOf(parsePreview(await previewAsJson(stack, program)));
    const fault = trouble(random);
    const planted = fault && service.local.faults.add(fault);
    // With `--continue-on-error` the engine never ends where a deletion fails that comes before a replacement.
    const continueOnError = fault?.operation !== "DeleteAsset";
    const { error, stdout, stderr } = await stack.up(program, { continueOnError });
    planted?.remove();
    const after = await look(service, stack, places);
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
    specs = changed(specs, random);
  }
  return { seed, rounds, counts, broken };
}

async function prepare(service: TestService): Promise<Places> {
  await service.createBucket("source", Object.fromEntries(keys.slice(0, -1).map((key) => [key, key])));
  await service.createBucket("target");
  const of = async (dataSetId: string): Promise<Place[]> => {
    const made: Place[] = [];
    while (made.length < revisions)
      made.push({ dataSetId, revisionId: await service.createRevision(dataSetId) });
    return made;
  };
  return {
    files: await of(await service.createDataSet()),
    shares: await of(await service.createDataSet("REDSHIFT_DATA_SHARE")),
  };
}
