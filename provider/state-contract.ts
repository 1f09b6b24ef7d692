/**
 * What is written into users' states and must therefore never change. A later version adds; it renames nothing.
 */

/** Type token of the resource. */
export const jobToken = "pulumi-nodejs:dynamic/dataexchange:Job";

/** The package's entry that the host process loads the provider from. */
export const providerEntry = "pulumi-dataexchange/provider";

/**
 * The provider's code as it stands in state, twice a resource. Pulumi's host process runs it in the program's
 * directory. It resolves the installed package from there, as `require` would, and beyond that resolves a package
 * that is the program's own, as this repository is.
 */
export const providerCode = `exports.handler=()=>require("module").createRequire(process.cwd()+"/")("${providerEntry}").provider`;

/** Type token of the resource that finalizes a revision. */
export const finalizationToken = "pulumi-nodejs:dynamic/dataexchange:RevisionFinalization";

/** The code of its provider, found as `providerCode` finds the other. */
export const finalizationCode = `exports.handler=()=>require("module").createRequire(process.cwd()+"/")("${providerEntry}").finalization`;

/** Type token of the resource that runs several jobs. */
export const jobSetToken = "pulumi-nodejs:dynamic/dataexchange:JobSet";

/** The code of its provider, found as `providerCode` finds the other. */
export const jobSetCode = `exports.handler=()=>require("module").createRequire(process.cwd()+"/")("${providerEntry}").jobSet`;

/** Outputs that are credentials. */
export const secretOutputs = ["signedUrl", "apiKey"];

/** Outputs that repeat details: secret where a secret stands among these. */
export const repeatingOutputs = ["assets", "errors"];
