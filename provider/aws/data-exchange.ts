/** The core's `DataExchange` on the official client. */
import type {
  CreateJobCommandInput,
  ServiceInputTypes,
  ServiceOutputTypes,
} from "@aws-sdk/client-dataexchange";
import {
  CancelJobCommand,
  CreateJobCommand,
  DataExchangeClient,
  DeleteAssetCommand,
  GetJobCommand,
  GetRevisionCommand,
  ListJobsCommand,
  ListRevisionAssetsCommand,
  StartJobCommand,
  UpdateRevisionCommand,
} from "@aws-sdk/client-dataexchange";
import type { SerializeMiddleware } from "@smithy/types";

import type { ServiceAsset, ServiceJob } from "../../service-model/job";
import { findJobType } from "../../service-model/job-types";
import { fromApiNames, toApiNames } from "../../service-model/shape";
import type { DataExchange, JobRequest, Page, RevisionState } from "../core/ports";
import { checkResponse, rejectForeignResponses } from "./check-response";
import { accountCheck, clientConfig } from "./client-config";
import { describeOffset, withClockCorrection } from "./clock-skew";
import type { Agents } from "./proxies";
import type { ConnectionSettings } from "./settings";
import { toServiceError } from "./to-service-error";

/** The largest page that the API gives. */
const pageSize = 200;

export interface ClientOptions {
  /** Node's own agents by default. */
  agents?: Agents;
  /** Called once when this machine's clock is off. */
  onClockOff?: (sentence: string) => void;
}

export function openDataExchange(
  settings: ConnectionSettings,
  { agents = {}, onClockOff = () => undefined }: ClientOptions = {},
): DataExchange {
  const config = clientConfig(settings, agents);
  const { endpoint, stsEndpoint } = settings;
  const client = new DataExchangeClient({
    ...config,
    ...(endpoint && { endpoint }),
    // The core retries, because a repeated CreateJob could create a second job.
    maxAttempts: 1,
  });
  sendAssetConfiguration(client);
  rejectForeignResponses(client);
  const checkAccount = accountCheck(settings, { ...config, ...(stsEndpoint && { endpoint: stsEndpoint }) });
  let toldOffset: number | undefined;
  const corrected = (offset: number) => {
    // The offset of an answer is exact to the second; only another clock is worth another sentence.
    if (Math.abs(offset - (toldOffset ?? 0)) > 60_000) onClockOff(describeOffset(offset));
    toldOffset = offset;
  };

  const call = async <T>(
    operation: string,
    send: (options: { abortSignal?: AbortSignal }) => Promise<unknown>,
    signal?: AbortSignal,
  ): Promise<T> => {
    // The client observes the signal only after it has credentials, and fetching those may hang too.
    const late = raised(signal);
    await Promise.race([checkAccount(), late]).catch((error: unknown) => {
      throw toServiceError("GetCallerIdentity", error);
    });
    try {
      const answer = await Promise.race([
        withClockCorrection(client, () => send({ abortSignal: signal }), corrected),
        late,
      ]);
      return checkResponse(operation, fromApiNames(answer)) as T;
    } catch (error) {
      throw toServiceError(operation, error);
    }
  };
  const page = <T>({ nextToken, ...rest }: { nextToken?: string }, items: string): Page<T> => ({
    items: (rest as Record<string, T[]>)[items]!,
    ...(nextToken && { nextToken }),
  });

  return {
    createJob: (request, signal) => {
      const tagged = withDefaultTags(request, settings.defaultTags);
      const command = new CreateJobCommand(toApiNames(tagged) as CreateJobCommandInput);
      return call<ServiceJob>("CreateJob", (options) => client.send(command, options), signal);
    },
    startJob: (JobId, signal) =>
      call("StartJob", (options) => client.send(new StartJobCommand({ JobId }), options), signal),
    getJob: (JobId, signal) =>
      call<ServiceJob>("GetJob", (options) => client.send(new GetJobCommand({ JobId }), options), signal),
    cancelJob: (JobId, signal) =>
      call("CancelJob", (options) => client.send(new CancelJobCommand({ JobId }), options), signal),
    listJobs: async ({ dataSetId, revisionId, nextToken }, signal) => {
      const command = new ListJobsCommand({
        DataSetId: dataSetId,
        RevisionId: revisionId,
        NextToken: nextToken,
        MaxResults: pageSize,
      });
      return page<ServiceJob>(
        await call("ListJobs", (options) => client.send(command, options), signal),
        "jobs",
      );
    },
    listRevisionAssets: async ({ dataSetId, revisionId }, nextToken, signal) => {
      const command = new ListRevisionAssetsCommand({
        DataSetId: dataSetId,
        RevisionId: revisionId,
        NextToken: nextToken,
        MaxResults: pageSize,
      });
      return page<ServiceAsset>(
        await call("ListRevisionAssets", (options) => client.send(command, options), signal),
        "assets",
      );
    },
    deleteAsset: ({ dataSetId, revisionId }, AssetId, signal) => {
      const command = new DeleteAssetCommand({ DataSetId: dataSetId, RevisionId: revisionId, AssetId });
      return call("DeleteAsset", (options) => client.send(command, options), signal);
    },
    getRevision: async ({ dataSetId, revisionId }, signal) => {
      const command = new GetRevisionCommand({ DataSetId: dataSetId, RevisionId: revisionId });
      const { finalized, revoked = false } = await call<RevisionState>(
        "GetRevision",
        (options) => client.send(command, options),
        signal,
      );
      return { finalized, revoked };
    },
    setFinalized: ({ dataSetId, revisionId }, Finalized, signal) => {
      const command = new UpdateRevisionCommand({ DataSetId: dataSetId, RevisionId: revisionId, Finalized });
      return call("UpdateRevision", (options) => client.send(command, options), signal);
    },
  };
}

/** Rejects when the signal is raised. */
const raised = (signal?: AbortSignal): Promise<never> => {
  const late = new Promise<never>((_, reject) =>
    signal?.addEventListener("abort", () => reject(new Error("aborted"))),
  );
  // A signal that is raised after the call must not become an unhandled rejection.
  late.catch(() => undefined);
  return late;
};

interface Step {
  input: { AssetConfiguration?: unknown };
  request: { body?: unknown };
}

/**
 * The API takes `AssetConfiguration` at CreateJob, and clients before it was added drop it without a word: it is put
 * into the request's body where it is missing, before the request is measured and signed.
 */
export function sendAssetConfiguration(client: DataExchangeClient): void {
  const middleware: SerializeMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next) => (args) => {
    const { input, request } = args as Step;
    if (input.AssetConfiguration !== undefined && typeof request.body === "string") {
      const body = JSON.parse(request.body) as object;
      request.body = JSON.stringify({ AssetConfiguration: input.AssetConfiguration, ...body });
    }
    return next(args);
  };
  client.middlewareStack.addRelativeTo(middleware, {
    name: "sendAssetConfiguration",
    relation: "after",
    toMiddleware: "serializerMiddleware",
  });
}

/**
 * `aws:defaultTags` on the assets that a job makes, as `@pulumi/aws` puts them on its resources. They are added to
 * CreateJob and are no inputs of the resource: a change of a job's own tags replaces the job, because only a new job
 * can set them, and nobody wants all imports run again and all assets made anew for a new default tag.
 */

interface Tag {
  key: string;
  value: string;
}

/** The request with the default tags beneath its own. */
export function withDefaultTags(
  request: JobRequest,
  defaults: Readonly<Record<string, string>> = {},
): JobRequest {
  // Exports make no asset that could be tagged.
  if (Object.keys(defaults).length === 0 || !findJobType(request.type)?.createsAssets) return request;
  const configuration = (request.assetConfiguration ?? {}) as { tags?: Tag[] };
  const own = configuration.tags ?? [];
  const taken = new Set(own.map(({ key }) => key));
  const more = Object.entries(defaults)
    .filter(([key]) => !taken.has(key))
    .map(([key, value]) => ({ key, value }));
  return { ...request, assetConfiguration: { ...configuration, tags: [...own, ...more] } };
}
