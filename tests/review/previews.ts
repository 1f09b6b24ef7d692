/** Small previews in the form in which the engine writes them. */
import { jobToken } from "../../provider/resources/state-contract";
import { parsePreview } from "../../review/parse-preview";
import type { Review } from "../../review/review";
import { reviewOf } from "../../review/review";

export const at = { dataSetId: "d".repeat(32), revisionId: "r".repeat(32) };

export const urnOf = (name: string, type = jobToken): string => `urn:pulumi:prod::market::${type}::${name}`;

interface StepParts {
  name: string;
  type?: string;
  inputs?: object;
  old?: { id?: string; inputs?: object; outputs?: object };
  replaceReasons?: string[];
  parent?: string;
  /** Members of the new state. */
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
}

export const step = (op: string, parts: StepParts): object => {
  const { name, type = jobToken, inputs, old, replaceReasons, ...rest } = parts;
  const urn = urnOf(name, type);
  return {
    op,
    urn,
    ...(old && { oldState: { urn, type, id: "j".repeat(32), parent: rest.parent, ...old } }),
    ...(inputs && { newState: { urn, type, inputs, ...rest } }),
    ...(replaceReasons && { replaceReasons }),
  };
};

export const importOf = (keys: string[], ids = at): object => ({
  type: "IMPORT_ASSETS_FROM_S3",
  details: { importAssetsFromS3: { ...ids, assetSources: keys.map((key) => ({ bucket: "source", key })) } },
});

/** The state of a job that has imported these objects. */
export const imported = (keys: string[], rest: object = {}): { inputs: object; outputs: object } => {
  const inputs = importOf(keys);
  const assets = keys.map((key) => ({ id: key, name: key }));
  return { inputs, outputs: { ...inputs, state: "COMPLETED", assets, ...rest } };
};

export const created = (name: string, keys = ["a.csv"]): object =>
  step("create", { name, inputs: importOf(keys) });

/** A job that has imported `from` and will import `to`. */
export const replaced = (name: string, from: string[], to: string[]): object =>
  step("replace", { name, inputs: importOf(to), old: imported(from), replaceReasons: ["details"] });

interface Rerun {
  outputs?: object;
  inputs?: object;
  replaceReasons?: string[];
  retainOnDelete?: boolean;
  pendingReplacement?: boolean;
}

/** Job `a`, which has imported `from` and is replaced by an import of x and y. */
export const rerunOf = (from: string[], { outputs, inputs, replaceReasons, ...rest }: Rerun = {}): object =>
  step("replace", {
    name: "a",
    inputs: inputs ?? importOf(["x", "y"]),
    old: { ...imported(from, outputs), ...rest },
    replaceReasons: replaceReasons ?? ["details"],
  });

export const same = (name: string, keys: string[] = []): object =>
  step("same", { name, inputs: importOf(keys), old: imported(keys) });

export const deleted = (name: string, keys: string[] = [], outputs: object = {}): object =>
  step("delete", { name, old: imported(keys, outputs) });

export function previewOf(steps: object[], rest: object = {}): string {
  const changeSummary: Record<string, number> = {};
  for (const { op } of steps as { op: string }[]) changeSummary[op] = (changeSummary[op] ?? 0) + 1;
  return JSON.stringify({ steps, duration: 1, changeSummary, ...rest });
}

export const reviewed = (steps: object[], rest: object = {}): Review =>
  reviewOf(parsePreview(previewOf(steps, rest)));
