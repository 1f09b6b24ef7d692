/** The core's `DataExchange` on the official client. */
import type { DataExchangeClientConfig } from "@aws-sdk/client-dataexchange";
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
import type { CreateJobCommandInput } from "@aws-sdk/client-dataexchange";

import type { DataExchange, Page, RevisionState } from "../core/ports";
import type { ServiceAsset, ServiceJob } from "../model/job";
import { fromApiNames, toApiNames } from "../model/names";
import { sendAssetConfiguration } from "./asset-configuration";
import { credentialsFor } from "./credentials";
import { toServiceError } from "./failures";
import type { ConnectionSettings } from "./settings";

/** Milliseconds; a call that takes longer is broken off and, where that is safe, made again. */
const connectionTimeout = 10_000;
const requestTimeout = 60_000;

/** The largest page that the API gives. */
const pageSize = 200;

export function openDataExchange(settings: ConnectionSettings): DataExchange {
  const client = new DataExchangeClient(clientConfig(settings));
  sendAssetConfiguration(client);

  const call = async <T>(
    operation: string,
    send: (options: { abortSignal?: AbortSignal }) => Promise<unknown>,
    signal?: AbortSignal,
  ): Promise<T> => {
    try {
      // The client hears the signal only once it has credentials, and getting those may hang as well.
      return fromApiNames(await Promise.race([send({ abortSignal: signal }), raised(signal)])) as T;
    } catch (error) {
      throw toServiceError(operation, error);
    }
  };
  const page = <T>({ nextToken, ...rest }: { nextToken?: string }, items: string): Page<T> => ({
    items: (rest as Record<string, T[] | undefined>)[items] ?? [],
    ...(nextToken && { nextToken }),
  });

  return {
    createJob: (request, signal) => {
      const command = new CreateJobCommand(toApiNames(request) as CreateJobCommandInput);
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
      const { finalized = false, revoked = false } = await call<Partial<RevisionState>>(
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

/** Fails when the signal is raised. */
const raised = (signal?: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));

function clientConfig(settings: ConnectionSettings): DataExchangeClientConfig {
  const { region, profile, endpoint, useFipsEndpoint, useDualstackEndpoint } = settings;
  return {
    ...(region && { region }),
    ...(profile && { profile }),
    ...(endpoint && { endpoint }),
    ...(useFipsEndpoint !== undefined && { useFipsEndpoint }),
    ...(useDualstackEndpoint !== undefined && { useDualstackEndpoint }),
    credentials: credentialsFor(settings),
    // Trying again is the core's business: a repeated CreateJob could make a second job.
    maxAttempts: 1,
    requestHandler: { connectionTimeout, requestTimeout, throwOnRequestTimeout: true },
    customUserAgent: [["pulumi-dataexchange", ""]],
  };
}
