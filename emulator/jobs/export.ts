/** The part that the exports to S3 share: assets' bytes to their destinations. */
import type { JobError } from "../../service-model/job";
import type { Encryption, ObjectRef } from "../storage/service-storage";
import type { Asset } from "../state/records";
import { codeOf, invalidError, messageOf } from "./errors";
import { mapConcurrently } from "../../lib/map-concurrently";
import { copiesAtOnce } from "./copies";
import type { Work } from "./worker";

export interface Move {
  readonly asset: Asset;
  readonly to: ObjectRef;
}

/**
 * Writes every asset; what cannot be written is told, the rest stands. Nothing is written where two assets would go
 * to one key. Source: user guide, "Key patterns when exporting asset revisions": keys must be unique, or the export
 * fails.
 */
export async function exportAll(
  moves: readonly Move[],
  encryption: Encryption | undefined,
  { objects, signal }: Work<unknown>,
): Promise<JobError[]> {
  const clash = findClash(moves);
  if (clash) return [clash];
  const results = await mapConcurrently(
    moves,
    copiesAtOnce,
    async ({ asset, to }): Promise<JobError | undefined> => {
      try {
        await objects.exportObject(asset.objectKey, to, encryption, signal);
        return undefined;
      } catch (error) {
        const code = codeOf(error);
        const message = `The asset ${asset.id} could not be written to ${to.bucket}/${to.key}: ${messageOf(error)}`;
        return { code, message, resourceId: asset.id, resourceType: "ASSET" };
      }
    },
  );
  return results.filter((error) => error !== undefined);
}

function findClash(moves: readonly Move[]): JobError | undefined {
  const seen = new Set<string>();
  for (const { asset, to } of moves) {
    const place = `${to.bucket}/${to.key}`;
    if (seen.has(place)) {
      return invalidError(`More than one asset would be written to ${place}.`, {
        resourceId: asset.id,
        resourceType: "ASSET",
      });
    }
    seen.add(place);
  }
  return undefined;
}
