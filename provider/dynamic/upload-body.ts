import type { asset } from "@pulumi/pulumi";

/**
 * The SDK strips this member from its declarations. Without it, a FileArchive and a FileAsset are the same type to the
 * compiler, which compares members and not names.
 */
declare module "@pulumi/pulumi/asset/archive" {
  interface Archive {
    readonly __pulumiArchive: boolean;
  }
}

/** One body: a file, a text or a remote file. An archive holds several and does not compile. */
export type UploadBody = asset.Asset &
  object & {
    /** What only an archive has. */
    readonly __pulumiArchive?: undefined;
  };
