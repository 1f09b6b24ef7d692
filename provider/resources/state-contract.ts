/** Values in users' states, which must never change. A later version adds values and renames none. */

/** Type token of the resource in the dynamic provider. */
export const jobToken = "pulumi-nodejs:dynamic/dataexchange:Job";

/** The package's entry that the host process loads the provider from. */
export const providerEntry = "pulumi-dataexchange/provider";

/**
 * The provider's code in state, twice for each resource. Pulumi's host process runs it in the program's directory. It
 * resolves the package from there, as `require` does, even if the program is part of the package, as in this repository.
 */
export const providerCode = `exports.handler=()=>require("module").createRequire(process.cwd()+"/")("${providerEntry}").provider`;

/** Type token of the resource that finalizes a revision. */
export const finalizationToken = "pulumi-nodejs:dynamic/dataexchange:RevisionFinalization";

/** The code of its provider. */
export const finalizationCode = `exports.handler=()=>require("module").createRequire(process.cwd()+"/")("${providerEntry}").finalization`;

/** Type token of the resource that runs several jobs. */
export const jobSetToken = "pulumi-nodejs:dynamic/dataexchange:JobSet";

/** The code of its provider. */
export const jobSetCode = `exports.handler=()=>require("module").createRequire(process.cwd()+"/")("${providerEntry}").jobSet`;

/** Type token in the plugin of a resource with that token in the dynamic provider. */
export const pluginToken = (token: string): string =>
  `dataexchange:index:${token.slice(token.lastIndexOf(":") + 1)}`;

/** Type token in the dynamic provider of a type that may be the plugin's. Other types stay as they are. */
export const dynamicToken = (type: string): string =>
  [jobToken, jobSetToken, finalizationToken].find((token) => pluginToken(token) === type) ?? type;
