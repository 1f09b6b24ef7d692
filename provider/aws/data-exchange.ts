/** Implements the core's `DataExchange` with the AWS SDK. */
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
  ListDataSetRevisionsCommand,
  ListDataSetsCommand,
  ListJobsCommand,
  ListRevisionAssetsCommand,
  StartJobCommand,
  UpdateRevisionCommand,
} from "@aws-sdk/client-dataexchange";
import type { SerializeMiddleware } from "@smithy/types";

import type { ServiceAsset, ServiceDataSet, ServiceJob, ServiceRevision } from "../../service-model/job";
import { findJobType } from "../../service-model/job-types";
import { fromApiNames, toApiNames } from "../../service-model/shape";
import type { DataExchange, JobRequest, Page, RevisionRef } from "../core/ports";
import { checkResponse, rejectForeignResponses } from "./check-response";
import { accountCheck, clientConfig } from "./client-config";
import { describeOffset, withClockCorrection } from "./clock-skew";
import type { Agents } from "./proxies";
import type { ConnectionSettings } from "./settings";
import { toServiceError } from "./to-service-error";

/** Maximum of the API. */
const pageSize = 200;

export interface ClientOptions {
  /** Node's own agents by default. */
  agents?: Agents;
  /** Receives a warning if this machine's clock is off. */
  onClockOff?: (warning: string) => void;
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
  let reported = 0;
  const corrected = (offset: number) => {
    // Offsets vary by a second between answers, so small changes are not reported.
    if (Math.abs(offset - reported) > 60_000) onClockOff(describeOffset(offset));
    reported = offset;
  };

  const call = async <T>(operation: string, command: object, signal?: AbortSignal): Promise<T> => {
    // The client observes the signal only after it has credentials, and fetching those may hang too.
    const late = rejectOnAbort(signal);
    await Promise.race([checkAccount(), late]).catch((error: unknown) => {
      throw toServiceError("GetCallerIdentity", error);
    });
    // `send` is overloaded for each command.
    const send = () => client.send(command as GetJobCommand, { abortSignal: signal });
    try {
      const answer = await Promise.race([withClockCorrection(client, send, corrected), late]);
      return checkResponse(operation, fromApiNames(answer)) as T;
    } catch (error) {
      throw toServiceError(operation, error);
    }
  };
  const page = async <T>(list: string, answer: Promise<Record<string, unknown>>): Promise<Page<T>> => {
    const { nextToken, [list]: items } = await answer;
    return { items: items as T[], ...(nextToken ? { nextToken: nextToken as string } : {}) };
  };

  return {
    createJob: (request, signal) => {
      const tagged = withDefaultTags(request, settings.defaultTags);
      return call("CreateJob", new CreateJobCommand(toApiNames(tagged) as CreateJobCommandInput), signal);
    },
    startJob: (JobId, signal) => call("StartJob", new StartJobCommand({ JobId }), signal),
    getJob: (JobId, signal) => call("GetJob", new GetJobCommand({ JobId }), signal),
    cancelJob: (JobId, signal) => call("CancelJob", new CancelJobCommand({ JobId }), signal),
    listJobs: ({ dataSetId: DataSetId, revisionId: RevisionId, nextToken: NextToken }, signal) => {
      const command = new ListJobsCommand({ DataSetId, RevisionId, NextToken, MaxResults: pageSize });
      return page<ServiceJob>("jobs", call("ListJobs", command, signal));
    },
    listRevisionAssets: (revision, NextToken, signal) => {
      const input = { ...namesOf(revision), NextToken, MaxResults: pageSize };
      const command = new ListRevisionAssetsCommand(input);
      return page<ServiceAsset>("assets", call("ListRevisionAssets", command, signal));
    },
    deleteAsset: (revision, AssetId, signal) =>
      call("DeleteAsset", new DeleteAssetCommand({ ...namesOf(revision), AssetId }), signal),
    getRevision: (revision, signal) => call("GetRevision", new GetRevisionCommand(namesOf(revision)), signal),
    listDataSets: (Origin, NextToken, signal) => {
      const command = new ListDataSetsCommand({ Origin, NextToken, MaxResults: pageSize });
      return page<ServiceDataSet>("dataSets", call("ListDataSets", command, signal));
    },
    listRevisions: (DataSetId, NextToken, signal) => {
      const command = new ListDataSetRevisionsCommand({ DataSetId, NextToken, MaxResults: pageSize });
      return page<ServiceRevision>("revisions", call("ListDataSetRevisions", command, signal));
    },
    setFinalized: (revision, Finalized, signal) =>
      call("UpdateRevision", new UpdateRevisionCommand({ ...namesOf(revision), Finalized }), signal),
  };
}

const namesOf = ({ dataSetId, revisionId }: RevisionRef) => ({
  DataSetId: dataSetId,
  RevisionId: revisionId,
});

/** Rejects if the signal is aborted. */
const rejectOnAbort = (signal?: AbortSignal): Promise<never> => {
  const late = new Promise<never>((_, reject) =>
    signal?.addEventListener("abort", () => reject(new Error("aborted"))),
  );
  // A signal that is aborted after the call must not cause an unhandled rejection.
  late.catch(() => undefined);
  return late;
};

interface Step {
  input: { AssetConfiguration?: unknown };
  request: { body?: unknown };
}

/**
 * Adds `AssetConfiguration` to the body of CreateJob before the request is measured and signed, because older versions of
 * the client drop it silently.
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

interface Tag {
  key: string;
  value: string;
}

/**
 * Adds `aws:defaultTags` to the assets that a job creates, as `@pulumi/aws` does to its resources. They are not inputs of
 * the resource, because a change of an input replaces the job, and a new default tag must not run all imports again.
 */
export function withDefaultTags(
  request: JobRequest,
  defaults: Readonly<Record<string, string>> = {},
): JobRequest {
  // Exports create no assets.
  if (Object.keys(defaults).length === 0 || !findJobType(request.type)?.createsAssets) return request;
  const configuration = (request.assetConfiguration ?? {}) as { tags?: Tag[] };
  const own = configuration.tags ?? [];
  const taken = new Set(own.map(({ key }) => key));
  const more = Object.entries(defaults)
    .filter(([key]) => !taken.has(key))
    .map(([key, value]) => ({ key, value }));
  return { ...request, assetConfiguration: { ...configuration, tags: [...own, ...more] } };
}
