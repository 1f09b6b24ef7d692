/**
 * Turns off the SDK's warning about old versions of Node, unless the user has set the variable. On Node 20 each client would
 * print seven lines about future versions, and this package's `engines` and README name the versions that it supports. Call
 * it before a client is created.
 */
export function quietSdk(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
}
