/** The functions of the package: what they are given, and what they return. */
import type { Member } from "../../../service-model/shape";
import { boolean, list, optional, required, string, struct, timestamp } from "../../../service-model/shape";
import { dataSetIdFor, id, revisionIdFor } from "../../../service-model/shared-shapes";
import { token } from "./names";
import { describeMember } from "./shapes";
import type { Described, ObjectSpec, Types } from "./types";
import { members } from "./types";

interface FunctionMembers {
  readonly description: string;
  readonly inputs: Readonly<Record<string, Member>>;
  readonly outputs: Readonly<Record<string, Member>>;
}

export interface FunctionSpec {
  description: string;
  inputs: ObjectSpec;
  outputs: ObjectSpec;
}

const revisionOutputs = {
  revisionId: required(id, "Id of the revision."),
  arn: required(string(), "ARN of the revision."),
  comment: optional(string(), "Comment of the revision."),
  finalized: required(boolean(), "Whether the revision is finalized."),
  revoked: required(boolean(), "Whether the revision is revoked."),
  createdAt: required(timestamp(), "When the revision was created, ISO 8601."),
  updatedAt: required(timestamp(), "When the revision last changed, ISO 8601."),
};

const revisionAsset = {
  ...struct("RevisionAsset", {
    id: required(id, "Id of the asset."),
    arn: required(string(), "ARN of the asset."),
    name: required(string(), "Name of the asset; not unique in a revision."),
    assetType: required(string(), "Type of the asset, such as `S3_SNAPSHOT`."),
  }),
  doc: "An asset of a revision.",
};

const functions: Readonly<Record<string, FunctionMembers>> = {
  getRevision: {
    description: "A revision of a data set, your own or an entitled one.",
    inputs: { dataSetId: dataSetIdFor("that owns the revision"), revisionId: revisionIdFor("to read") },
    outputs: revisionOutputs,
  },
  getLatestRevision: {
    description:
      "The newest revision of a data set, your own or an entitled one, that is finalized and not revoked. Errors: no such " +
      "revision.",
    inputs: { dataSetId: dataSetIdFor("whose newest revision is meant") },
    outputs: revisionOutputs,
  },
  getAssets: {
    description: "The assets of a revision, all of them or those whose names match.",
    inputs: {
      dataSetId: dataSetIdFor("that owns the revision"),
      revisionId: revisionIdFor("whose assets are listed"),
      nameMatches: optional(
        list(string()),
        "Glob patterns for the names, such as `*.csv`. An entry with `!` excludes. Default: every asset.",
      ),
    },
    outputs: { assets: required(list(revisionAsset), "The assets, in the order of the service.") },
  },
};

/** `job` is the outputs of a Job, which `getJob` returns. */
export function describeFunctions(
  types: Types,
  job: Readonly<Record<string, Described>>,
): Record<string, FunctionSpec> {
  const describeAll = (given: Readonly<Record<string, Member>>, side: "input" | "output") =>
    Object.fromEntries(
      Object.entries(given).map(([name, member]) => [name, describeMember(types, member, side)]),
    );
  return {
    [token("getJob")]: {
      description: "A job, which need not belong to this stack. The service keeps a job for 90 days.",
      inputs: object(
        describeAll({ jobId: required(id, "Id of the job, 30 to 40 letters and digits.") }, "input"),
      ),
      outputs: object(job),
    },
    ...Object.fromEntries(
      Object.entries(functions).map(([name, { description, inputs, outputs }]) => [
        token(name),
        {
          description,
          inputs: object(describeAll(inputs, "input")),
          outputs: object(describeAll(outputs, "output")),
        },
      ]),
    ),
  };
}

function object(described: Readonly<Record<string, Described>>): ObjectSpec {
  const { properties, required } = members(described);
  return { type: "object", properties, ...(required.length > 0 && { required }) };
}
