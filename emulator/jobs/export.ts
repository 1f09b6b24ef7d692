/** The part that the exports to S3 share: assets' bytes to their destinations. */
import type { JobError } from "../../provider/model/job";
import type { Encryption, ObjectRef } from "../s3/objects";
import { serviceBucket } from "../s3/objects";
import { assetKey } from "../state/names";
import { codeOf, messageOf } from "./errors";
import { copiesAtOnce, inPool } from "./pool";
import type { Work } from "./worker";

export interface Move {
  readonly assetId: string;
  readonly to: ObjectRef;
}

/** Writes every asset; what cannot be written is told, the rest stands. */
export async function exportAll(
  moves: readonly Move[],
  encryption: Encryption | undefined,
  { objects, place, signal }: Work<unknown>,
): Promise<JobError[]> {
  const results = await inPool(
    moves,
    copiesAtOnce,
    async ({ assetId, to }): Promise<JobError | undefined> => {
      try {
        await objects.copy({ bucket: serviceBucket, key: assetKey(place, assetId) }, to, encryption, signal);
        return undefined;
      } catch (error) {
        const code = codeOf(error);
        const message = `The asset ${assetId} could not be written to ${to.bucket}/${to.key}: ${messageOf(error)}`;
        return { code, message, resourceId: assetId, resourceType: "ASSET" };
      }
    },
  );
  return results.filter((error) => error !== undefined);
}
