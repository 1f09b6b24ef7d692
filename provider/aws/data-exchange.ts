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
} from "@aws-sdk/client-dataexchange";
import type { CreateJobCommandInput } from "@aws-sdk/client-dataexchange";

import type { DataExchange, Page } from "../core/ports";
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

  const call = async <T>(operation: string, send: () => Promise<unknown>): Promise<T> => {
    try {
      return fromApiNames(await send()) as T;
    } catch (error) {
      throw toServiceError(operation, error);
    }
  };
  const page = <T>({ nextToken, ...rest }: { nextToken?: string }, items: string): Page<T> => ({
    items: (rest as Record<string, T[] | undefined>)[items] ?? [],
    ...(nextToken && { nextToken }),
  });

  return {
    createJob: (request) =>
      call<ServiceJob>("CreateJob", () =>
        client.send(new CreateJobCommand(toApiNames(request) as CreateJobCommandInput)),
      ),
    startJob: (JobId) => call("StartJob", () => client.send(new StartJobCommand({ JobId }))),
    getJob: (JobId) => call<ServiceJob>("GetJob", () => client.send(new GetJobCommand({ JobId }))),
    cancelJob: (JobId) => call("CancelJob", () => client.send(new CancelJobCommand({ JobId }))),
    listJobs: async ({ dataSetId, revisionId, nextToken }) =>
      page<ServiceJob>(
        await call("ListJobs", () =>
          client.send(
            new ListJobsCommand({
              DataSetId: dataSetId,
              RevisionId: revisionId,
              NextToken: nextToken,
              MaxResults: pageSize,
            }),
          ),
        ),
        "jobs",
      ),
    listRevisionAssets: async ({ dataSetId, revisionId }, nextToken) =>
      page<ServiceAsset>(
        await call("ListRevisionAssets", () =>
          client.send(
            new ListRevisionAssetsCommand({
              DataSetId: dataSetId,
              RevisionId: revisionId,
              NextToken: nextToken,
              MaxResults: pageSize,
            }),
          ),
        ),
        "assets",
      ),
    deleteAsset: ({ dataSetId, revisionId }, AssetId) =>
      call("DeleteAsset", () =>
        client.send(new DeleteAssetCommand({ DataSetId: dataSetId, RevisionId: revisionId, AssetId })),
      ),
    getRevision: async ({ dataSetId, revisionId }) => {
      const { finalized = false } = await call<{ finalized?: boolean }>("GetRevision", () =>
        client.send(new GetRevisionCommand({ DataSetId: dataSetId, RevisionId: revisionId })),
      );
      return { finalized };
    },
  };
}

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
