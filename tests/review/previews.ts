/** Previews as the engine writes them, small enough to be read. */
import type { Review } from "../../review/index";
import { readPreview, reviewOf } from "../../review/index";

export const jobToken = "pulumi-nodejs:dynamic/dataexchange:Job";
export { secretMask as secret, unknownValue as unknown } from "../../lib/pulumi-values";
export const at = { dataSetId: "d".repeat(32), revisionId: "r".repeat(32) };

export const urnOf = (name: string, type = jobToken): string => `urn:pulumi:prod::market::${type}::${name}`;

export interface StepParts {
  name: string;
  type?: string;
  inputs?: object;
  old?: { inputs?: object; outputs?: object; parent?: string };
  replaceReasons?: string[];
  parent?: string;
  dependencies?: string[];
}

export const step = (op: string, parts: StepParts): object => {
  const { name, type = jobToken, inputs, old, replaceReasons, parent, dependencies } = parts;
  const urn = urnOf(name, type);
  return {
    op,
    urn,
    ...(old && { oldState: { urn, type, id: "j".repeat(32), ...old } }),
    ...(inputs && { newState: { urn, type, inputs, parent, dependencies } }),
    ...(replaceReasons && { replaceReasons }),
  };
};

const type = "IMPORT_ASSETS_FROM_S3";

export const importOf = (keys: string[], place = at): object => ({
  type,
  details: { importAssetsFromS3: { ...place, assetSources: keys.map((key) => ({ bucket: "source", key })) } },
});

export const created = (name: string, keys = ["a.csv"]): object =>
  step("create", { name, inputs: importOf(keys) });

/** What a job has left in state that has imported these. */
export const imported = (keys: string[], rest: object = {}): { inputs: object; outputs: object } => {
  const inputs = importOf(keys);
  const assets = keys.map((key) => ({ id: key, name: key }));
  return { inputs, outputs: { ...inputs, state: "COMPLETED", assets, ...rest } };
};

/** A job that has imported `from` and is to import `to`. */
export const replaced = (name: string, from: string[], to: string[], assets = from): object => {
  const { inputs, outputs } = imported(from);
  return step("replace", {
    name,
    inputs: importOf(to),
    old: { inputs, outputs: { ...outputs, assets: assets.map((key) => ({ id: key, name: key })) } },
    replaceReasons: ["details"],
  });
};

export const same = (name: string): object =>
  step("same", { name, inputs: importOf(["a.csv"]), old: { outputs: importOf(["a.csv"]) } });

export const deleted = (name: string): object =>
  step("delete", { name, old: { inputs: importOf(["a.csv"]), outputs: importOf(["a.csv"]) } });

export function previewOf(steps: object[], rest: object = {}): string {
  const changeSummary: Record<string, number> = {};
  for (const { op } of steps as { op: string }[]) changeSummary[op] = (changeSummary[op] ?? 0) + 1;
  return JSON.stringify({ steps, duration: 1, changeSummary, ...rest });
}

export const reviewed = (steps: object[], rest: object = {}): Review =>
  reviewOf(readPreview(previewOf(steps, rest)));
