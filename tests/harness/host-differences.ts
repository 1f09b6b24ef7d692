/**
 * What differs for users between the two providers of this package, and why. A test that expects something else on one of
 * them names its row, and docs/how-to-guides/move-to-the-plugin.md shows the table.
 */
export const hostNames = ["dynamic", "plugin"] as const;

/** What serves the resources: Pulumi's process for dynamic providers, or the plugin. */
export type HostName = (typeof hostNames)[number];

export interface Difference extends Readonly<Record<HostName, string>> {
  readonly because: string;
}

export const differences = {
  settings: {
    dynamic: "reads the `aws:` settings of the stack's config",
    plugin: "reads the same settings as `dataexchange:`, or those of a provider resource",
    because: "the engine gives a plugin only the config of its own namespace",
  },
  config: {
    dynamic: "reports a wrong setting of the stack's config on each resource",
    plugin: "reports it once, on the provider",
    because: "the engine checks the settings of a plugin before it declares resources",
  },
  diff: {
    dynamic: "shows a changed list whole, with its old and its new elements",
    plugin: "shows the element that changed, and for a job that runs again the state that is the cause",
    because: "the engine takes a detailed diff from a plugin only",
  },
  assets: {
    dynamic: "keeps the id and the name of each asset in state",
    plugin: "keeps the type and the ARN of each asset as well",
    because: "only programs in TypeScript have code that derives them when they read the output",
  },
  import: {
    dynamic: "refuses the option `import`; a deleted state is built again by the program",
    plugin: "supports `pulumi import` and the option `import`",
    because: "the engine passes no id to the `read` of a dynamic provider during an import",
  },
  provider: {
    dynamic:
      "refuses the options `provider` and `providers`; region, profile, role and endpoint are arguments",
    plugin: "accepts a provider resource, with the settings of `@pulumi/aws`",
    because: "all dynamic providers of a program share one provider, which has no settings",
  },
  cancel: {
    dynamic: "waits for the jobs in progress after Ctrl-C, until a second Ctrl-C ends the run",
    plugin: "ends all waits after Ctrl-C, and the next `pulumi up` resumes the same jobs",
    because: "the engine signals a cancellation to plugins only",
  },
  timeouts: {
    dynamic: "ignores the option `customTimeouts`; the argument `timeouts` limits the steps of a job",
    plugin: "supports both",
    because: "the protocol of dynamic providers has no member for it",
  },
  textUpload: {
    dynamic: "keeps only the SHA-256 of a text that is uploaded, in clear by default",
    plugin: "keeps the text and its SHA-256 in state, encrypted",
    because: "the engine stores the inputs of a plugin, and a string asset contains its text",
  },
  remoteFiles: {
    dynamic: "shows the URL of a remote file in no message",
    plugin: "lets the engine show the URL of a remote file that it cannot fetch",
    because:
      "the engine fetches the file before the plugin is called; a program of the dynamic provider does it itself",
  },
  lookup: {
    dynamic: "needs `@pulumi/pulumi` 3.268 for `Job.get`",
    plugin: "needs none",
    because: "earlier versions do not pass the id of a resource to the `read` of a dynamic provider",
  },
} as const satisfies Readonly<Record<string, Difference>>;

export type DifferenceName = keyof typeof differences;
