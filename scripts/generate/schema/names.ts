/** Names in the package schema. Each is a public name in every language, so none changes after the first release. */
import { jobTypes } from "../../../service-model/job-types";
import { pascal } from "../typescript";

export const packageName = "dataexchange";

/** The token of a resource, type or function. */
export const token = (name: string): string => `${packageName}:index:${name}`;

/** The name in a token, or in a reference to a token. */
export const nameOf = (id: string): string => id.slice(id.lastIndexOf(":") + 1);

/** Generators append these to the name of a type, so a type with such a name would collide with a generated one. */
const appended = /(Args|State|Input|Output|Result|Array|Map|Ptr)$/;

/** Types whose TypeScript name ends in what generators append. */
const renamed: Readonly<Record<string, string>> = { JobResult: "JobOutcome" };

/** The schema's name of a TypeScript interface. Generators append `Args` themselves. */
export const typeNameOf = (name: string): string => renamed[name] ?? name.replace(/Args$/, "");

export function checkTypeName(name: string): void {
  if (appended.test(name)) {
    throw new Error(
      `The type ${name} ends in what generators append. Rename it in scripts/generate/schema/names.ts.`,
    );
  }
}

/** An enumeration: its name, and what it means. */
interface Enumeration {
  readonly name: string;
  readonly description: string;
  /** The meaning of each value. */
  readonly values: Readonly<Record<string, string>>;
}

/** Enumerations by their values in alphabetical order. */
const enumerations: Readonly<Record<string, Enumeration>> = {
  "AES256 aws:kms": {
    name: "EncryptionType",
    description: "Type of key for the server-side encryption of exported objects.",
    values: { AES256: "A key that S3 manages.", "aws:kms": "A key of AWS KMS, which is named beside it." },
  },
  DESCRIBE: {
    name: "DatabasePermission",
    description: "Permission of subscribers on a database.",
    values: { DESCRIBE: "Subscribers see the database." },
  },
  "DESCRIBE SELECT": {
    name: "TablePermission",
    description: "Permission of subscribers on a table.",
    values: {
      DESCRIBE: "Subscribers see the table and its columns.",
      SELECT: "Subscribers query the table.",
    },
  },
  REST: {
    name: "ApiProtocol",
    description: "Protocol of an API in API Gateway.",
    values: { REST: "A REST API." },
  },
  "ENTITLED OWNED": {
    name: "DataSetOrigin",
    description: "Whether a data set is your own, or one of another account that you are entitled to.",
    values: { OWNED: "Your own.", ENTITLED: "One of another account that you are entitled to." },
  },
  "deleteAssets retain": {
    name: "OnDelete",
    description: "What happens to the assets of a job that is deleted or replaced.",
    values: {
      retain: "They stay.",
      deleteAssets: "They are deleted unless their revision is finalized and not revoked.",
    },
  },
  "delete retain": {
    name: "PreviousRevisions",
    description: "What happens to a revision that a new one replaces.",
    values: { retain: "It stays.", delete: "It is opened and deleted with its assets." },
  },
  "none own": {
    name: "Adoption",
    description: "What happens to the job that an interrupted run of the resource left.",
    values: {
      own: "It is adopted in place of a new one, if it was created for the same inputs and triggers.",
      none: "It is cancelled, or its assets are deleted.",
    },
  },
};

/** What a job of each type does. */
const summaries = Object.fromEntries(jobTypes.map(({ type, summary }) => [type, `${pascal(summary)}.`]));

export function enumerationOf(values: readonly string[]): Enumeration {
  const known = values.includes("IMPORT_ASSETS_FROM_S3")
    ? { name: "JobType", description: "Type of a job.", values: summaries }
    : enumerations[[...values].sort().join(" ")];
  if (known) return known;
  throw new Error(
    `The values ${values.join(", ")} have no name. Add one to scripts/generate/schema/names.ts.`,
  );
}

/**
 * The name of an enumerator. Generators derive readable names only from this form: without it, Python reads
 * `IMPOR_T_ASSET_S_FRO_M_S3`.
 */
export const enumerator = (value: string): string =>
  value
    .split(/[^A-Za-z0-9]+/)
    .map((word) => pascal(/[a-z]/.test(word) ? word : word.toLowerCase()))
    .join("");
