/** The core's `DataExchange` on the official client. */
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
import type { ServiceAsset, ServiceJob } from "../../service-model/job";
import { fromApiNames, toApiNames } from "../../service-model/key-case";
import { accountCheck } from "./account";
import { completeAnswer, refuseOtherAnswers } from "./answers";
import { sendAssetConfiguration } from "./asset-configuration";
import { clientConfig } from "./client-config";
import { describeOffset, withClockCorrection } from "./clock-skew";
import { withDefaultTags } from "./default-tags";
import { toServiceError } from "./to-service-error";
import type { Agents } from "./network";
import type { ConnectionSettings } from "./settings";

/** The largest page that the API gives. */
const pageSize = 200;

export interface Surroundings {
  /** How AWS is reached; Node's own agents where there is nothing special about it. */
  agents?: Agents;
  /** Hears once when this machine's clock is off. */
  onClockOff?: (sentence: string) => void;
}

export function openDataExchange(
  settings: ConnectionSettings,
  { agents = {}, onClockOff = () => undefined }: Surroundings = {},
): DataExchange {
  const config = clientConfig(settings, agents);
  const { endpoint, stsEndpoint } = settings;
  const client = new DataExchangeClient({
    ...config,
    ...(endpoint && { endpoint }),
    // Trying again is the core's business: a repeated CreateJob could make a second job.
    maxAttempts: 1,
  });
  sendAssetConfiguration(client);
  refuseOtherAnswers(client);
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
    // The client hears the signal only once it has credentials, and getting those may hang as well.
    const late = raised(signal);
    await Promise.race([checkAccount(), late]).catch((error: unknown) => {
      throw toServiceError("GetCallerIdentity", error);
    });
    try {
      const answer = await Promise.race([
        withClockCorrection(client, () => send({ abortSignal: signal }), corrected),
        late,
      ]);
      return completeAnswer(operation, fromApiNames(answer)) as T;
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

/** Fails when the signal is raised. */
const raised = (signal?: AbortSignal): Promise<never> => {
  const late = new Promise<never>((_, reject) =>
    signal?.addEventListener("abort", () => reject(new Error("aborted"))),
  );
  // Raised when nobody listens any more, it is no unhandled failure.
  late.catch(() => undefined);
  return late;
};
