/** Describes the resources that the provider itself runs: Job, JobSet and RevisionFinalization. */
import { args } from "../../../provider/core/arguments";
import { finalizationToken, jobSetToken, jobToken } from "../../../provider/resources/state-contract";
import { jobTypes } from "../../../service-model/job-types";
import { Interfaces } from "./interfaces";
import { token } from "./names";
import { describeMember, typeOfStruct } from "./shapes";
import type { Source } from "./source";
import type { Described, Properties, PropertySpec, Types, TypeSpec } from "./types";
import { any, asset, members } from "./types";
import { forEveryLanguage, ofManyJobs } from "./wording";

export interface ResourceSpec {
  type: "object";
  description: string;
  isComponent?: boolean;
  inputProperties: Properties;
  requiredInputs?: string[];
  properties: Properties;
  required?: string[];
  aliases?: { type: string }[];
}

/** Joins inputs and outputs to a resource. */
export function resource(
  description: string,
  inputs: Readonly<Record<string, Described>>,
  outputs: Readonly<Record<string, Described>>,
): ResourceSpec {
  const given = members(inputs);
  const made = members(outputs);
  return {
    type: "object",
    description,
    inputProperties: given.properties,
    ...(given.required.length > 0 && { requiredInputs: given.required }),
    properties: made.properties,
    ...(made.required.length > 0 && { required: made.required }),
  };
}

/** What a job works on: one member for each type of job. */
export const jobDetails = (types: Types): TypeSpec =>
  types.object(
    "JobDetails",
    "What a job works on: exactly one member, the one that belongs to the job's type.",
    () =>
      Object.fromEntries(
        jobTypes.map(({ type, detailsKey, summary, details }) => [
          detailsKey,
          described({
            ...typeOfStruct(types, details, "both"),
            description: `For the type \`${type}\`, which ${summary}.`,
          }),
        ]),
      ),
  );

const described = (property: PropertySpec, required = false): Described => ({ property, required });

/** The effect of a changed argument that replaces jobs. Only a Job is replaced as a resource. */
interface Replacement {
  readonly sentence: string;
  readonly ofResource: boolean;
}

const ofJob: Replacement = { sentence: "A change replaces the job.", ofResource: true };
const ofJobInSet: Replacement = { ...ofJob, ofResource: false };
const ofSet: Replacement = { sentence: "A change replaces every job.", ofResource: false };

const replacing = (property: PropertySpec, { sentence, ofResource }: Replacement): PropertySpec => ({
  ...property,
  description: `${property.description} ${sentence}`,
  ...(ofResource && { willReplaceOnChanges: true }),
});

const triggers: PropertySpec = {
  ...any,
  description:
    "Any values, which make jobs run again when one of them changes. Assets are compared by content.",
};

/** The arguments that the jobs of a set do not share. */
function ownArgs(types: Types, replacement: Replacement): Record<string, Described> {
  const bodies = jobTypes.flatMap(({ type, upload }) => (upload ? [`\`${type}\`: ${upload.body}`] : []));
  const own: Record<string, PropertySpec> = {
    type: { ...types.enumeration(jobTypes.map(({ type }) => type)), description: "Type of the job." },
    details: {
      ...jobDetails(types),
      description: "Details of the job. Reordering a set or writing out a default is not a change.",
    },
    upload: {
      ...asset,
      description:
        `Body to upload, required for ${bodies.join("; ")}. The other types have none. State contains only the hash ` +
        "of the body. The MD5 is computed from it. A body counts by its content.",
    },
    triggers,
  };
  return Object.fromEntries(
    Object.entries(own).map(([name, property]) => [
      name,
      described(replacing(property, replacement), name === "type" || name === "details"),
    ]),
  );
}

/** The arguments that all jobs of a set share. */
function commonArgs(types: Types, replacement: Replacement): Record<string, Described> {
  return Object.fromEntries(
    Object.entries(args).map(([name, arg]) => {
      const { property, required } = describeMember(types, arg, "input");
      if (arg.onChange === "replace") return [name, described(replacing(property, replacement), required)];
      const description = `${property.description} A change updates the resource and runs nothing.`;
      return [name, described({ ...property, description }, required)];
    }),
  );
}

/** Inputs whose change replaces a RevisionFinalization. A test holds them together with `diffFinalization`. */
const finalizationReplaces = ["dataSetId", "revisionId", "region"] as const;

/** The resources, from the job type table and the classes of the dynamic provider. */
export function describeResources(types: Types, source: Source): Record<string, ResourceSpec> {
  const details = jobDetails(types);
  const jobOfSet = types.object(
    "JobOfSet",
    "One job of a JobSet: the arguments that its jobs do not share.",
    () => ownArgs(types, ofJobInSet),
  );
  const interfaces = new Interfaces(source.checker, types, {
    "Job.details": details,
    "JobResult.details": details,
    "JobSetArgs.jobs": { type: "object", additionalProperties: jobOfSet },
  });
  const describe = (file: string, name: string, dynamicToken: string, inputs?: Record<string, Described>) => {
    const path = `provider/resources/${file}.ts`;
    const spec = resource(
      forEveryLanguage(source.doc(path, name)),
      { ...interfaces.describe(inputsOf(path, name), "input"), ...inputs },
      interfaces.describe(source.outputs(path, name), "output"),
    );
    // State of the dynamic provider goes over to the plugin without a change.
    return { ...spec, aliases: [{ type: dynamicToken }] };
  };
  /** The inputs of a Job are a union, which the job type table describes. */
  const inputsOf = (path: string, name: string) =>
    name === "Job" ? [] : source.members(path, `${name}Args`);

  const common: Record<string, Described> = {
    triggers: described(replacing(triggers, ofSet)),
    ...commonArgs(types, ofSet),
  };
  for (const { property } of Object.values(common))
    property.description = ofManyJobs(property.description ?? "");
  const finalization = describe("revision-finalization", "RevisionFinalization", finalizationToken);
  for (const name of finalizationReplaces) {
    const property = finalization.inputProperties[name]!;
    property.willReplaceOnChanges = true;
    property.description = property.description?.replace("replaces the job.", "replaces the resource.");
  }
  return {
    [token("Job")]: describe("job", "Job", jobToken, {
      ...ownArgs(types, ofJob),
      ...commonArgs(types, ofJob),
    }),
    [token("JobSet")]: describe("job-set", "JobSet", jobSetToken, common),
    [token("RevisionFinalization")]: finalization,
  };
}
