/** Steps of sets of jobs, with a state as the provider writes it. */
import { assetSignature, signatureKey } from "../../lib/pulumi-values";
import type { JobSetInputs } from "../../provider/core/job-set/inputs";
import { inputsOfJobs } from "../../provider/core/job-set/inputs";
import type { JobOfSet } from "../../provider/core/job-set/state";
import { writeJobSet } from "../../provider/core/job-set/state";
import { toOutputs } from "../../provider/core/state";
import type { Review } from "../../review/index";
import { sentence } from "../../review/rich-text";
import { at, importOf, step } from "./previews";

export const setToken = "pulumi-nodejs:dynamic/dataexchange:JobSet";

export type Jobs = Record<string, object>;

/** Imports, by the names of their jobs: of each object its key and what its content is. */
export const importsOf = (jobs: Record<string, Record<string, string>>, place = at): Jobs =>
  Object.fromEntries(
    Object.entries(jobs).map(([name, objects]) => [
      name,
      { ...importOf(Object.keys(objects), place), triggers: objects },
    ]),
  );

/** Uploads, by the names of their assets: of each file what its content is. */
export const uploadsOf = (files: Record<string, string>): Jobs =>
  Object.fromEntries(
    Object.entries(files).map(([assetName, hash]) => [
      assetName,
      {
        type: "IMPORT_ASSET_FROM_SIGNED_URL",
        details: { importAssetFromSignedUrl: { ...at, assetName } },
        upload: {
          [signatureKey]: assetSignature,
          hash,
          path: assetName,
        },
      },
    ]),
  );

interface Ended {
  /** Jobs that did not complete, and the errors of each. */
  failed?: Record<string, object[]>;
  /** What jobs came in place of whose assets are still there. */
  former?: Jobs;
  settings?: object;
}

/** What a set has left in state that has run these. */
export function ranSet(jobs: Jobs, { failed = {}, former = {}, settings = {} }: Ended = {}) {
  const set = (some: Jobs) => ({ ...settings, jobs: some }) as unknown as JobSetInputs;
  const before = inputsOfJobs(set(former));
  const results = [...inputsOfJobs(set(jobs))].map(([name, inputs]): [string, JobOfSet] => {
    const earlier = before.get(name);
    const of = { ...made(name, inputs, failed[name]) };
    return [name, earlier ? { ...of, former: [made(`former-${name}`, earlier)] } : of];
  });
  return {
    id: "set",
    inputs: { ...set(jobs) },
    outputs: writeJobSet(settings, new Map(results)),
  };
}

type Inputs = Parameters<typeof toOutputs>[0];

function made(id: string, inputs: Inputs, errors?: object[]): JobOfSet {
  const { type, details } = inputs;
  const { assetSources, assetName } = Object.values(details)[0] as {
    assetSources?: { key: string }[];
    assetName?: string;
  };
  const names = assetSources?.map(({ key }) => key) ?? (assetName === undefined ? [] : [assetName]);
  const job = {
    id,
    arn: `arn:aws:dataexchange:us-east-1:123456789012:jobs/${id}`,
    type,
    state: errors ? "ERROR" : "COMPLETED",
    details,
    errors,
    createdAt: "2026-11-01T00:00:00Z",
    updatedAt: "2026-11-01T00:00:00Z",
  };
  const assets = errors ? [] : names.map((name) => ({ id: name, name }));
  return { id, outputs: toOutputs(inputs, job as never, assets) };
}

export const setStep = (
  op: string,
  name: string,
  jobs: unknown,
  old?: object,
  { settings, ...rest }: { settings?: object; replaceReasons?: string[] } = {},
): object => ({
  ...step(op, { name, type: setToken, ...(jobs !== undefined && { inputs: { ...settings, jobs } }), old }),
  ...rest,
});

/** The rows of the jobs that run, with all that is told of each. */
export const rowsOf = ({ rows }: Review): Record<string, string[]> =>
  Object.fromEntries(
    rows.running.map(({ urn, jobs, action, does, reasons, cautions }) => [
      `${urn.name}${jobs === undefined ? "" : ` (${jobs})`}`,
      [
        action,
        sentence(does),
        ...reasons.map(({ phrase }) => sentence(phrase)),
        ...cautions.map(({ phrase }) => sentence(phrase)),
      ],
    ]),
  );

export const stillOf = ({ rows }: Review): string[] =>
  rows.still.map(
    ({ urn, jobs, phrase }) => `${urn.name}${jobs === undefined ? "" : ` (${jobs})`} ${sentence(phrase)}`,
  );
