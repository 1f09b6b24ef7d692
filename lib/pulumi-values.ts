/** How Pulumi's engine writes special values into properties, states and previews. */

/** A value that is not known yet; `computedValuePlaceholder` of the engine, `rpc.unknownValue` of the SDK. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The engine's mask in a preview. Equal masks may hide different values. */
export const secretMask = "[secret]";

/** The member that marks a special object. */
export const signatureKey = "4dabf18193072939515e22adb298388d";
/** Its value in an asset, that is a file or text with its hash. */
export const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
/** Its value in an archive. */
export const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";
