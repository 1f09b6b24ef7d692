import type { Worker } from "../worker";

interface Details {
  readonly dataSetId: string;
  readonly revisionId: string;
  readonly assetId: string;
}

export const exportAssetToSignedUrl: Worker<Details> = ({ details, state, job, place, urls }) => {
  const { dataSetId, revisionId, assetId } = details;
  state.exportableRevision(dataSetId, revisionId);
  const { objectKey } = state.asset(dataSetId, revisionId, assetId);
  const { url, expiresAt } = urls.issue("GET", objectKey, place, job.origin);
  return Promise.resolve({ response: { signedUrl: url, signedUrlExpiresAt: expiresAt } });
};
