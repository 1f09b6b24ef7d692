/** Finalizes a revision once its jobs have completed, which publishes it to subscribers, and opens it again. */
import { mapConcurrently } from "../../lib/map-concurrently";
import { CodedError } from "../../lib/message-code";
import type { ServiceAsset } from "../../service-model/job";
import { failureError, joinNames } from "./error-messages";
import { isFailure, withFallback } from "./errors";
import { listAssets } from "./job-assets";
import type { Clock, DataExchange, Reporter, RevisionRef } from "./ports";
import { listAll } from "./ports";
import { maxLagMs, repeatWhileLagging } from "./retry";
import type { Session } from "./session";
import { clockOf, retryingService } from "./session";
import * as common from "../../service-model/shared-shapes";
import type { Member } from "../../service-model/shape";
import { integer, list, optional, required } from "../../service-model/shape";
import type { Problem } from "../../service-model/validate";
import { problem, validate } from "../../service-model/validate";
import { args } from "./arguments";
import { canonicalText } from "./normalize";

interface Dependencies {
  session: Session;
  reporter: Reporter;
}

/** Finalizes the revision if all its jobs have completed. Idempotent. */
export async function finalizeRevision<T extends FinalizationInputs>(
  inputs: T,
  { session, reporter }: Dependencies,
): Promise<T & FinalizationOutputs> {
  const service = retryingService(session, {}, reporter);
  const { length } = inputs.jobs;
  try {
    reporter.status(`checking whether ${length === 1 ? "its job has" : `its ${length} jobs have`} completed`);
    const unfinished = await unfinishedJobs(service, clockOf(session), inputs);
    if (unfinished.length > 0) throw jobsUnfinished(unfinished);
    if (inputs.assetCount !== undefined) {
      // Subscribers get everything in a finalized revision, so it may only hold what its jobs created.
      const assets = await listAssets(session, service, inputs);
      if (assets.length > inputs.assetCount) throw tooManyAssets(inputs.assetCount, assets);
    }
    reporter.status("finalizing the revision");
    await finalize(service, inputs);
  } catch (error) {
    throw failureError(error, `${revisionName(inputs)} is not finalized`);
  }
  // Pulumi leaves the last status on the finished row.
  reporter.status(`revision ${inputs.revisionId} is finalized`);
  return { ...inputs, finalized: true, __schema: finalizationSchema };
}

async function finalize(service: DataExchange, revision: RevisionRef): Promise<void> {
  try {
    await service.setFinalized(revision, true);
  } catch (error) {
    // No source says whether the service accepts this twice, so the state of the revision decides.
    if (!isFailure(error, "conflict") || !(await service.getRevision(revision)).finalized) throw error;
  }
}

function tooManyAssets(count: number, assets: readonly ServiceAsset[]): CodedError {
  const names = assets.map(({ name }) => name);
  // A name may repeat a secret of a job, so the assets are named by their ids.
  const duplicates = assets.filter(({ name }) => names.indexOf(name) !== names.lastIndexOf(name));
  const list = joinNames(duplicates.map(({ id }) => id));
  return new CodedError({
    code: "revision-has-other-assets",
    text:
      `it contains ${assets.length} assets, and its jobs created ${count}${list && `. Assets with the name of another: ${list}`}. Delete the assets that do not belong ` +
      "there and run `pulumi up` again, or change the contents, which creates a new revision.",
  });
}

function jobsUnfinished([first, ...others]: { id: string; state: string }[]): CodedError {
  const more = others.length === 0 ? "" : `, and ${others.length} more jobs have not completed`;
  return new CodedError({
    code: "revision-jobs-unfinished",
    text: `job ${first!.id} is ${first!.state}${more}. Run \`pulumi up\` again when the jobs have completed.`,
  });
}

/** The outputs as the service shows them. Undefined if the revision no longer exists. */
export async function readFinalization(
  olds: FinalizationOutputs,
  session: Session,
): Promise<FinalizationOutputs | undefined> {
  try {
    const revision = await withFallback(retryingService(session).getRevision(olds), undefined, "notFound");
    return revision && { ...olds, finalized: revision.finalized };
  } catch (error) {
    throw failureError(error, revisionName(olds));
  }
}

/** Opens the revision again, so that it can be changed and deleted. */
export async function deleteFinalization(
  olds: FinalizationOutputs,
  { session, reporter }: Dependencies,
): Promise<void> {
  try {
    await retryingService(session).setFinalized(olds, false);
    reporter.status(`revision ${olds.revisionId} is no longer finalized`);
  } catch (error) {
    if (isFailure(error, "notFound")) return;
    if (!isFailure(error, "conflict")) throw failureError(error, revisionName(olds));
    reporter.warn({
      code: "published-revision-stays-finalized",
      text:
        `${revisionName(olds)} is published. The service does not open published revisions again, so it stays finalized and is ` +
        "only removed from the stack. To withdraw it from subscribers, revoke it.",
    });
  }
}

const revisionName = ({ dataSetId, revisionId }: RevisionRef): string =>
  `Revision ${revisionId} of data set ${dataSetId}`;

/** Concurrent GetJob calls. */
const maxParallelCalls = 10;

/**
 * The named jobs that have not completed, with their states. One ListJobs call shows up to 200 jobs; GetJob is called for
 * each that it does not show as completed. A job that neither call shows has expired. It counts as completed,
 * because the stack contains it.
 */
async function unfinishedJobs(
  service: DataExchange,
  clock: Clock,
  { dataSetId, revisionId, jobs }: FinalizationInputs,
): Promise<{ id: string; state: string }[]> {
  const listing = listAll((nextToken) => service.listJobs({ dataSetId, revisionId, nextToken }));
  // GetJob shows the same if ListJobs is denied.
  const listed = new Map(
    (await withFallback(listing, [], "accessDenied")).map(({ id, state }) => [id, state]),
  );
  const ids = [...new Set(jobs)].filter((id) => listed.get(id) !== "COMPLETED");
  // All jobs share one deadline, so that many expired jobs take no longer than one.
  const giveUpAt = clock.now() + maxLagMs;
  const states = await mapConcurrently(ids, maxParallelCalls, (id) =>
    repeatWhileLagging<string>(clock, giveUpAt - clock.now(), async (isLast) => {
      const job = await withFallback(service.getJob(id), undefined, "notFound");
      return job?.state ?? (isLast ? (listed.get(id) ?? "COMPLETED") : undefined);
    }),
  );
  return ids.map((id, index) => ({ id, state: states[index]! })).filter(({ state }) => state !== "COMPLETED");
}

export interface FinalizationInputs extends RevisionRef {
  /** Ids of the jobs that must have completed; a set. */
  jobs: string[];
  /** Maximum number of assets in the revision. */
  assetCount?: number;
  region?: string;
}

/** The inputs, and whether the revision is finalized. */
export interface FinalizationOutputs extends FinalizationInputs {
  finalized: boolean;
  __schema: number;
}

/** Written into each state. Raised when a member changes its meaning. */
const finalizationSchema = 1;

const connection = ["region", "profile", "assumeRole", "endpoint"] as const;

const members: Readonly<Record<string, Member>> = {
  dataSetId: common.dataSetIdFor("of the revision"),
  revisionId: common.revisionIdFor("to finalize"),
  jobs: required(list(common.id, { set: true }), "Ids of the jobs that must have completed."),
  assetCount: optional(integer({ min: 0 }), "Maximum number of assets in the revision."),
  ...Object.fromEntries(connection.map((name) => [name, args[name]!])),
};

/** Problems of the program's inputs. Unknown values are `UNKNOWN`. */
export function checkFinalization(inputs: Readonly<Record<string, unknown>>): Problem[] {
  const named = Object.keys(inputs).filter((name) => !name.startsWith("__"));
  return [...new Set([...Object.keys(members), ...named])].flatMap((name): Problem[] => {
    const value = inputs[name] ?? undefined;
    if (!Object.hasOwn(members, name)) {
      const known = Object.keys(members).join(", ");
      const message = `is not an argument of a RevisionFinalization, which has ${known}`;
      return [problem([name], "unknown-member", message)];
    }
    const member = members[name]!;
    if (value === undefined) return member.required ? [problem([name], "missing-member", "is required")] : [];
    return validate(member.shape, value, [name]);
  });
}

type Props = Readonly<Record<string, unknown>>;

/** The effect of changed inputs, or of a revision that was opened again. Pure. */
export function diffFinalization(olds: Props, news: Props): { replaces: string[]; updates: boolean } {
  const differ = (name: string) =>
    canonicalText(setOf(olds[name] ?? null)) !== canonicalText(setOf(news[name] ?? null));
  return {
    replaces: ["dataSetId", "revisionId", "region"].filter(differ),
    updates: olds.finalized !== true || ["jobs", "profile", "assumeRole", "endpoint"].some(differ),
  };
}

/** Ids are a set, so their order does not count. */
const setOf = (value: unknown): unknown =>
  Array.isArray(value) ? value.map((id) => canonicalText(id)).sort() : value;
