/**
 * On Node 20 each of the SDK's clients warns, in seven lines on the stack's row, of versions of 2027 that will ask for
 * Node 22. Nobody who runs Pulumi can do anything about it there and then, and the package's own `engines` and README
 * say which Node it takes. The SDK documents this variable; what the user has set stays.
 * Called before a client is made.
 */
export function quietSdk(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
}
