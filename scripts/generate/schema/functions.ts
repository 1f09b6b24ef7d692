/** The functions of the package: what they are given, and what they return. */
import { args } from "../../../provider/core/arguments";
import { jobError } from "../../../service-model/job";
import type { Member } from "../../../service-model/shape";
import { boolean, list, optional, required, string, timestamp } from "../../../service-model/shape";
import { dataSetIdFor, id, revisionIdFor } from "../../../service-model/shared-shapes";
import { token } from "./names";
import { jobDetails } from "./resources";
import { describeMember } from "./shapes";
import type { Described, ObjectSpec, TypeSpec, Types } from "./types";
import { members } from "./types";

interface FunctionMembers {
  readonly description: string;
  readonly inputs: Readonly<Record<string, Member>>;
  readonly outputs: Readonly<Record<string, Member>>;
  /** Outputs whose types are declared elsewhere. */
  readonly typed?: Readonly<Record<string, { description: string; type: (types: Types) => TypeSpec }>>;
}

export interface FunctionSpec {
  description: string;
  inputs: ObjectSpec;
  outputs: ObjectSpec;
}

const dataSet = { dataSetId: dataSetIdFor("that owns the revision, your own or an entitled one") };

const revision = {
  dataSetId: required(id, "The data set that owns the revision."),
  revisionId: required(id, "Id of the revision."),
  arn: required(string(), "ARN of the revision."),
  comment: optional(string(), "Comment of its owner; absent if there is none."),
  finalized: required(boolean(), "Whether its content is final. Only a finalized revision can be published."),
  revoked: required(boolean(), "Whether subscribers have lost their access to it."),
  createdAt: required(
    timestamp(),
    "When the revision was created, ISO 8601. For an entitled data set, this is when it was published.",
  ),
};

const functions: Readonly<Record<string, FunctionMembers>> = {
  getJob: {
    description:
      "A job as it is now, also one that another program or tool has created. Errors: a job that does not exist, also " +
      "because it was created more than 90 days ago.",
    inputs: { jobId: required(id, "Id of the job, 30 to 40 letters and digits.") },
    outputs: {
      jobId: required(id, "Id of the job."),
      arn: required(string(), "ARN of the job."),
      type: required(string(), "Type of the job, such as `EXPORT_REVISIONS_TO_S3`."),
      state: required(string(), "State of the job, such as `COMPLETED`."),
      errors: required(list(jobError), "Why the job failed; empty if it did not."),
      createdAt: required(timestamp(), "When the job was created, ISO 8601."),
    },
    typed: {
      details: {
        description:
          "What the job was created with, without API keys and signed URLs, which are credentials.",
        type: jobDetails,
      },
    },
  },
  getRevision: {
    description: "A revision as it is now. Errors: a revision that does not exist.",
    inputs: { ...dataSet, revisionId: revisionIdFor("to look up") },
    outputs: revision,
  },
  getLatestRevision: {
    description:
      "The newest revision of a data set that is finalized and not revoked. Newest is by the time of creation, which for an " +
      "entitled data set is the time of publication. Errors: a data set that does not exist, or that has no such revision.",
    inputs: dataSet,
    outputs: revision,
  },
  getAssets: {
    description:
      "The assets of a revision, all or those whose names match patterns. They are the assets that the revision contains " +
      "now. For those that this program imports, use the `assets` of the Job or component instead. Errors: a data set or " +
      "revision that does not exist, a pattern that is invalid, and patterns that select no asset.",
    inputs: {
      ...dataSet,
      revisionId: optional(
        id,
        "The revision. 30 to 40 letters and digits. Default: the latest, as by `getLatestRevision`.",
      ),
      include: optional(
        list(string()),
        "Glob patterns for the names of the assets, such as `*.csv` or `daily/`. A `*` does not cross a slash, a name that " +
          "begins with a dot needs a pattern that contains the dot, and an entry with `!` excludes. Default: every asset.",
      ),
      exclude: optional(
        list(string()),
        "Glob patterns for assets to leave out although `include` selects them. `drafts/` matches folders of that name at " +
          "any depth. Default: none.",
      ),
    },
    outputs: {
      dataSetId: required(id, "The data set that owns the revision."),
      revisionId: required(id, "The revision that contains the assets."),
    },
    typed: {
      assets: {
        description: "The selected assets, by name and then by id.",
        type: () => ({ type: "array", items: { $ref: `#/types/${token("JobAsset")}` } }),
      },
    },
  },
};

/** A function connects to AWS as a resource does. */
const connection = Object.fromEntries(
  ["region", "profile", "assumeRole", "endpoint"].map((name) => [name, args[name]!]),
);

export function describeFunctions(types: Types): Record<string, FunctionSpec> {
  return Object.fromEntries(
    Object.entries(functions).map(([name, { description, inputs, outputs, typed = {} }]) => {
      const declared = Object.entries(typed).map(([member, { description, type }]): [string, Described] => [
        member,
        { property: { ...type(types), description }, required: true },
      ]);
      const spec = {
        description,
        inputs: object(describeAll(types, { ...inputs, ...connection }, "input")),
        outputs: object({ ...describeAll(types, outputs, "output"), ...Object.fromEntries(declared) }),
      };
      return [token(name), spec];
    }),
  );
}

const describeAll = (types: Types, given: Readonly<Record<string, Member>>, side: "input" | "output") =>
  Object.fromEntries(
    Object.entries(given).map(([name, member]) => [name, describeMember(types, member, side)]),
  );

function object(described: Readonly<Record<string, Described>>): ObjectSpec {
  const { properties, required } = members(described);
  return { type: "object", properties, ...(required.length > 0 && { required }) };
}
