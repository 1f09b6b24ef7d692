import { describeFailure } from "./error-messages";
import { isFailure } from "./errors";
import { listAssets } from "./job-assets";
import type { ServiceAsset } from "../../service-model/job";
import type { Clock, DataExchange, Reporter, RevisionRef } from "./ports";
import type { Session } from "./session";
import { retryingService } from "./session";
import type { FinalizationInputs, FinalizationOutputs } from "./finalization-inputs";
import { finalizationSchema } from "./finalization-inputs";
import { mapConcurrently } from "../../lib/map-concurrently";
import { backoffDelay } from "../../lib/backoff";
import { maxLagMs } from "./retry";

/** Finalizing a revision once everything is in it, which makes it readable for subscribers, and taking that back. */

interface FinalizationDependencies {
  session: Session;
  reporter: Reporter;
}

/** Finalizes the revision when all its jobs have completed, and never otherwise. May be repeated without harm. */
export async function finalizeRevision<T extends FinalizationInputs>(
  inputs: T,
  { session, reporter }: FinalizationDependencies,
): Promise<T & FinalizationOutputs> {
  const service = retryingService(session, {}, reporter);
  const { length } = inputs.jobs;
  try {
    reporter.status(`seeing whether ${length === 1 ? "its job has" : `its ${length} jobs have`} completed`);
    const unfinished = await unfinishedJobs({ service, clock: session.clock }, inputs);
    if (unfinished.length > 0) throw new UnfinishedJobsError(inputs, unfinished);
    await assertNoOtherAssets(service, session, inputs);
    reporter.status("finalizing the revision");
    await finalize(service, inputs);
  } catch (error) {
    if (error instanceof UnfinishedJobsError || error instanceof OtherAssetsError) throw error;
    throw new Error(describeFailure(error, `${nameOf(inputs)} is not finalized`), { cause: error });
  }
  // The engine leaves the last status on the finished row.
  reporter.status(`revision ${inputs.revisionId} is finalized`);
  return { ...inputs, finalized: true, __schema: finalizationSchema };
}

async function finalize(service: DataExchange, revision: RevisionRef): Promise<void> {
  try {
    await service.setFinalized(revision, true);
  } catch (error) {
    // Whether the service takes it twice is nowhere said; what counts is how the revision stands.
    if (!isFailure(error, "conflict") || !(await service.getRevision(revision)).finalized) throw error;
  }
}

/** A finalized revision is what subscribers get, so nothing may be in it that its jobs did not make. */
async function assertNoOtherAssets(
  service: DataExchange,
  session: Session,
  inputs: FinalizationInputs,
): Promise<void> {
  if (inputs.assetCount === undefined) return;
  const assets = await listAssets(session, service, inputs);
  if (assets.length > inputs.assetCount) throw new OtherAssetsError(inputs, inputs.assetCount, assets);
}

/** Names of doubles in a message at the most. */
const maxNamed = 5;

class OtherAssetsError extends Error {
  constructor(revision: RevisionRef, count: number, assets: readonly ServiceAsset[]) {
    const names = assets.map(({ name }) => name);
    const doubles = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
    const more = doubles.length > maxNamed ? ` and ${doubles.length - maxNamed} more` : "";
    const twice = doubles.slice(0, maxNamed).join(", ");
    super(
      `${nameOf(revision)} is not finalized, because it holds ${assets.length} assets and its jobs made ${count}` +
        (doubles.length > 0 ? `; more than once: ${twice}${more}. ` : ". ") +
        "Delete the assets that do not belong there and run `pulumi up` again, or change the contents, which makes a " +
        "new revision.",
    );
  }
}

/** Some of what belongs into the revision may not be in it. */
class UnfinishedJobsError extends Error {
  constructor(revision: RevisionRef, unfinished: { id: string; state: string }[]) {
    const [first, ...others] = unfinished;
    const more = others.length === 0 ? "" : `, and ${others.length} more have not completed either`;
    super(
      `${nameOf(revision)} is not finalized, because job ${first!.id} is ${first!.state}${more}. ` +
        "Run `pulumi up` again when the jobs have completed.",
    );
  }
}

/** As the service has it now; nothing when the revision is gone. */
export async function readFinalization(
  olds: FinalizationOutputs,
  session: Session,
): Promise<FinalizationOutputs | undefined> {
  try {
    const { finalized } = await retryingService(session).getRevision(olds);
    return { ...olds, finalized };
  } catch (error) {
    if (isFailure(error, "notFound")) return undefined;
    throw new Error(describeFailure(error, nameOf(olds)), { cause: error });
  }
}

/** Opens the revision again, so that it can be changed and deleted. */
export async function deleteFinalization(
  olds: FinalizationOutputs,
  { session, reporter }: FinalizationDependencies,
): Promise<void> {
  try {
    await retryingService(session).setFinalized(olds, false);
    reporter.status(`revision ${olds.revisionId} is no longer finalized`);
  } catch (error) {
    if (isFailure(error, "notFound")) return;
    if (!isFailure(error, "conflict"))
      throw new Error(describeFailure(error, nameOf(olds)), { cause: error });
    reporter.warn(
      `${nameOf(olds)} is published, and the service opens no published revision again: it stays finalized and is ` +
        "removed from the stack alone. To take it from its subscribers, revoke it.",
    );
  }
}

const nameOf = ({ dataSetId, revisionId }: RevisionRef): string =>
  `Revision ${revisionId} of data set ${dataSetId}`;

/** Calls in flight at once for jobs that have to be asked for one by one. */
const maxParallelCalls = 10;

interface Dependencies {
  service: DataExchange;
  clock: Clock;
}

/**
 * The named jobs that have not completed, with their states. A list of the revision's jobs shows most in one call for
 * 200 of them, and each that it does not show as completed is asked for. A job that neither call knows has expired:
 * it had completed, or it would not be in the stack.
 */
export async function unfinishedJobs(
  dependencies: Dependencies,
  inputs: FinalizationInputs,
): Promise<{ id: string; state: string }[]> {
  const listed = await listStates(dependencies.service, inputs);
  const ids = [...new Set(inputs.jobs)].filter((id) => listed.get(id) !== "COMPLETED");
  // Jobs that have expired are not to be waited for one after the other.
  const giveUpAt = dependencies.clock.now() + maxLagMs;
  const states = await mapConcurrently(ids, maxParallelCalls, (id) =>
    stateOf(dependencies, id, listed.get(id), giveUpAt),
  );
  return ids.map((id, index) => ({ id, state: states[index]! })).filter(({ state }) => state !== "COMPLETED");
}

async function listStates(
  service: DataExchange,
  { dataSetId, revisionId }: FinalizationInputs,
): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  try {
    for (let nextToken: string | undefined; ;) {
      const page = await service.listJobs({ dataSetId, revisionId, nextToken });
      for (const { id, state } of page.items) states.set(id, state);
      nextToken = page.nextToken;
      if (!nextToken) return states;
    }
  } catch (error) {
    // Listing takes a permission of its own, and GetJob tells the same.
    if (!isFailure(error, "accessDenied")) throw error;
    return states;
  }
}

/** On the word of one call that does not find a job no revision is finalized: the answer may be behind. */
async function stateOf(
  { service, clock }: Dependencies,
  id: string,
  listed: string | undefined,
  giveUpAt: number,
): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    try {
      return (await service.getJob(id)).state;
    } catch (error) {
      if (!isFailure(error, "notFound")) throw error;
      const delay = backoffDelay(attempt);
      if (clock.now() + delay > giveUpAt) return listed ?? "COMPLETED";
      await clock.sleep(delay);
    }
  }
}
