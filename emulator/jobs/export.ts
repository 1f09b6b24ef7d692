/** The part that the exports to S3 share: assets' bytes to their destinations. */
import type { JobError } from "../../provider/model/job";
import type { Encryption, ObjectRef } from "../s3/objects";
import { serviceBucket } from "../s3/objects";
import type { Asset } from "../state/records";
import { codeOf, messageOf } from "./errors";
import { copiesAtOnce, inPool } from "./pool";
import type { Work } from "./worker";

export interface Move {
  readonly asset: Asset;
  readonly to: ObjectRef;
}

/** Writes every asset; what cannot be written is told, the rest stands. */
export async function exportAll(
  moves: readonly Move[],
  encryption: Encryption | undefined,
  { objects, signal }: Work<unknown>,
): Promise<JobError[]> {
  const results = await inPool(moves, copiesAtOnce, async ({ asset, to }): Promise<JobError | undefined> => {
    try {
      await objects.copy({ bucket: serviceBucket, key: asset.objectKey }, to, encryption, signal);
      return undefined;
    } catch (error) {
      const code = codeOf(error);
      const message = `The asset ${asset.id} could not be written to ${to.bucket}/${to.key}: ${messageOf(error)}`;
      return { code, message, resourceId: asset.id, resourceType: "ASSET" };
    }
  });
  return results.filter((error) => error !== undefined);
}
