/** Describes the resources that the provider itself runs: Job, JobSet and RevisionFinalization. */
import { args } from "../../../provider/core/arguments";
import { finalizationToken, jobSetToken, jobToken } from "../../../provider/dynamic/state-contract";
import { jobTypes } from "../../../service-model/job-types";
import { Interfaces } from "./interfaces";
import { token } from "./names";
import { describeMember, typeOfStruct } from "./shapes";
import type { Source } from "./source";
import { docOf, membersOf, outputsOf } from "./source";
import type { Described, Properties, PropertySpec, Types, TypeSpec } from "./types";
import { any, asset, members } from "./types";
import { forEveryLanguage } from "./wording";

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

const replacing = (property: PropertySpec): PropertySpec => ({
  ...property,
  description: `${property.description} A change replaces the job.`,
  willReplaceOnChanges: true,
});

/** The arguments that each job of a set has as well. */
function ownArgs(types: Types): Record<string, Described> {
  const bodies = jobTypes.flatMap(({ type, upload }) => (upload ? [`\`${type}\`: ${upload.body}`] : []));
  return {
    type: described(
      replacing({
        ...types.enumeration(jobTypes.map(({ type }) => type)),
        description: "Type of the job.",
      }),
      true,
    ),
    details: described(
      replacing({
        ...jobDetails(types),
        description: "Details of the job. Reordering a set or writing out a default is not a change.",
      }),
      true,
    ),
    upload: described(
      replacing({
        ...asset,
        description:
          `Body to upload, required for ${bodies.join("; ")}. The other types have none. State contains only the hash ` +
          "of the body. The MD5 is computed from it. A body counts by its content.",
      }),
    ),
    triggers: described(
      replacing({
        ...any,
        description:
          "Any values, which make the job run again when one of them changes. Assets are compared by content.",
      }),
    ),
  };
}

/** The arguments that all jobs of a set share. */
function commonArgs(types: Types): Record<string, Described> {
  return Object.fromEntries(
    Object.entries(args).map(([name, arg]) => {
      const { property, required } = describeMember(types, arg, "input");
      if (arg.onChange === "replace") return [name, described(replacing(property), required)];
      const description = `${property.description} A change updates the resource and runs nothing.`;
      return [name, described({ ...property, description }, required)];
    }),
  );
}

/** The resources and the types of their members, from the job type table and the classes of the dynamic provider. */
export function describeResources(types: Types, { checker, class: find, interface: findInterface }: Source) {
  const details = jobDetails(types);
  const jobOfSet = types.object(
    "JobOfSet",
    "One job of a JobSet: the arguments that its jobs do not share.",
    () => ownArgs(types),
  );
  const interfaces = new Interfaces(checker, types, {
    "Job.details": details,
    "JobResult.details": details,
    "JobSetArgs.jobs": { type: "object", additionalProperties: jobOfSet },
  });
  const classOf = (file: string, name: string) => {
    const node = find(`provider/dynamic/${file}.ts`, name);
    return {
      doc: forEveryLanguage(docOf(checker, checker.getSymbolAtLocation(node.name!)!)),
      outputs: interfaces.describe(outputsOf(checker, node), "output"),
    };
  };
  const inputsOf = (file: string, name: string) => {
    const type = checker.getTypeAtLocation(findInterface(`provider/dynamic/${file}.ts`, name));
    return interfaces.describe(membersOf(checker, type), "input");
  };

  const job = classOf("job", "Job");
  const set = classOf("job-set", "JobSet");
  const finalization = classOf("revision-finalization", "RevisionFinalization");
  const { jobs } = inputsOf("job-set", "JobSetArgs");
  const inputs = inputsOf("revision-finalization", "RevisionFinalizationArgs");
  for (const name of finalizationReplaces) inputs[name]!.property.willReplaceOnChanges = true;
  const resources: Record<string, ResourceSpec> = {
    [token("Job")]: {
      ...resource(job.doc, { ...ownArgs(types), ...commonArgs(types) }, job.outputs),
      aliases: [{ type: jobToken }],
    },
    [token("JobSet")]: {
      ...resource(
        set.doc,
        { jobs: jobs!, triggers: ownArgs(types)["triggers"]!, ...commonArgs(types) },
        set.outputs,
      ),
      aliases: [{ type: jobSetToken }],
    },
    [token("RevisionFinalization")]: {
      ...resource(finalization.doc, inputs, finalization.outputs),
      aliases: [{ type: finalizationToken }],
    },
  };
  return { resources, jobOutputs: job.outputs };
}

/** Source: `diffFinalization`; a test holds the two together. */
const finalizationReplaces = ["dataSetId", "revisionId", "region"] as const;
