/** Sets of jobs in previews. */
import { valuesAlong } from "../../lib/path";
import { assetSignature, signatureKey } from "../../lib/pulumi-values";
import type { JobInputs } from "../../provider/core/arguments";
import type { JobSetInputs } from "../../provider/core/job-set/inputs";
import { inputsOfJobs } from "../../provider/core/job-set/inputs";
import type { JobOfSet } from "../../provider/core/job-set/state";
import { writeJobSet } from "../../provider/core/job-set/state";
import { toOutputs } from "../../provider/core/state";
import { jobSetToken as setToken } from "../../provider/resources/state-contract";
import type { Review } from "../../review/review";
import { findJobType } from "../../service-model/job-types";
import { at, importOf, reviewed, step } from "./previews";

export { setToken };

export type Jobs = Record<string, object>;

/** Imports by the names of their jobs. Each has the contents of its objects by key. */
export const importsOf = (jobs: Record<string, Record<string, string>>): Jobs =>
  Object.fromEntries(
    Object.entries(jobs).map(([name, objects]) => [
      name,
      { ...importOf(Object.keys(objects)), triggers: objects },
    ]),
  );

/** Uploads by the names of their assets, with the content of each file. */
export const uploadsOf = (files: Record<string, string>): Jobs =>
  Object.fromEntries(
    Object.entries(files).map(([assetName, hash]) => [
      assetName,
      {
        type: "IMPORT_ASSET_FROM_SIGNED_URL",
        details: { importAssetFromSignedUrl: { ...at, assetName } },
        upload: { [signatureKey]: assetSignature, hash, path: assetName },
      },
    ]),
  );

interface LastRun {
  /** Errors by the names of the jobs that failed. */
  failed?: Record<string, object[]>;
  /** Replaced jobs whose assets are still to be deleted. */
  former?: Jobs;
  settings?: object;
}

/** The state of a set that has run these jobs. */
export function ranSet(jobs: Jobs, { failed = {}, former = {}, settings = {} }: LastRun = {}) {
  const set = (some: Jobs) => ({ ...settings, jobs: some }) as unknown as JobSetInputs;
  const before = inputsOfJobs(set(former));
  const results = [...inputsOfJobs(set(jobs))].map(([name, inputs]): [string, JobOfSet] => {
    const earlier = before.get(name);
    const job = ranJob(name, inputs, failed[name]);
    return [name, earlier ? { ...job, former: [ranJob(`former-${name}`, earlier)] } : job];
  });
  return { id: "set", inputs: { ...set(jobs) }, outputs: writeJobSet(settings, new Map(results)) };
}

function ranJob(id: string, inputs: JobInputs, errors?: object[]): JobOfSet {
  const { type, details } = inputs;
  const { createsAssets, detailsKey } = findJobType(type)!;
  const names = errors ? [] : valuesAlong([detailsKey, ...createsAssets!.requestKey], details);
  const job = { id, type, state: errors ? "ERROR" : "COMPLETED", details, errors };
  const assets = names.map((name) => ({ id: name, name }));
  return { id, outputs: toOutputs(inputs, job as never, assets) };
}

interface SetParts {
  settings?: object;
  replaceReasons?: string[];
  parent?: string;
  propertyDependencies?: Record<string, string[]>;
}

export const setStep = (
  op: string,
  name: string,
  jobs: unknown,
  old?: object,
  { settings, ...rest }: SetParts = {},
): object =>
  step(op, {
    name,
    type: setToken,
    ...(jobs !== undefined && { inputs: { ...settings, jobs } }),
    old,
    ...rest,
  });

/** The review of an update of the set `prices`. */
export const updatedSet = (jobs: unknown, from: object, settings: object = {}): Review =>
  reviewed([setStep("update", "prices", jobs, from, { settings })]);
