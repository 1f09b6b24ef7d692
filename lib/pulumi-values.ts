/** How Pulumi's engine writes special values into properties, states and previews. */

/** A value that is not known yet; `computedValuePlaceholder` of the engine, `rpc.unknownValue` of the SDK. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Unknown values of other types than text. Source: `plugin/rpc.go` of the engine, `Unknown…Value`. */
export const otherUnknownValues: readonly string[] = [
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

/** The engine's mask in a preview. Equal masks may hide different values. */
export const secretMask = "[secret]";

/** The member that marks a special object. */
export const signatureKey = "4dabf18193072939515e22adb298388d";
/** Its value in an asset, that is a file or text with its hash. */
export const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
/** Its value in an archive. */
export const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";
/** Its value in a secret: `value` is the value in plain text. */
export const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
/** Its value in an output: a `value`, which an unknown output lacks, and whether it is `secret`. */
export const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
/** Its value in a reference to a resource: its `urn`, and its `id` if it has one. */
export const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
