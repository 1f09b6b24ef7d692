import { createRequire } from "node:module";

import * as pulumi from "@pulumi/pulumi";

import { providerEntry } from "../state-contract";

let warned = false;

/** Pulumi's host would answer with a stack trace that names neither the package nor the remedy. */
export function warnIfUnresolvable(): void {
  if (warned) return;
  warned = true;
  try {
    createRequire(`${process.cwd()}/`).resolve(providerEntry);
  } catch {
    void pulumi.log.warn(
      `The package pulumi-dataexchange cannot be found from ${process.cwd()}, where Pulumi looks for it. ` +
        "Run `npm install pulumi-dataexchange` in the program's directory.",
    );
  }
}
