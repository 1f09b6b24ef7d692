export { type PulumiCli } from "./cli";
export { type EnsureOptions, ensurePulumi } from "./ensure";
