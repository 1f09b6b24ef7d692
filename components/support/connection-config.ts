/** Settings of the connection to AWS for what components read themselves: those of the stack, or of the plugin's provider. */
import { getConfig } from "@pulumi/pulumi/runtime/config";

import type { ReadConfig } from "../../provider/aws/settings";

let read: ReadConfig = getConfig;

/** Reads a setting by the key that it has in the stack's config, such as `aws:region`. */
export const readConfig: ReadConfig = (key) => read(key);

/** Reads settings from another source from now on. */
export function readConfigFrom(source: ReadConfig): void {
  read = source;
}
