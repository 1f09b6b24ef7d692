import { readFileSync } from "node:fs";

import { version } from "@pulumi/pulumi/version";

const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly devDependencies: Readonly<Record<string, string>>;
};

/**
 * Whether the installed SDK is the one that the plugin is built with. `npm run test:matrix` installs an older one, which programs
 * may use. The plugin's bundle contains its own.
 */
export const hasSdkOfPlugin = version === devDependencies["@pulumi/pulumi"];
