/** The minimal IAM policy for jobs, computed from the job type table. Pure. */
import { valueAt, valuesAlong } from "../../lib/path";
import { jobTypeOf, jobTypes } from "../../service-model/job-types";
import type { Permission } from "../../service-model/permissions";
import {
  deletesAssets,
  everyJob,
  jobTypeKey,
  listsDataSets,
  listsJobs,
  looksUpRevisions,
  tagsAssets,
} from "../../service-model/permissions";
import { isRecord } from "../../service-model/validate";

/** The members of a job that its permissions depend on. */
export interface PlannedJob {
  readonly type: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly onDelete?: string;
  /** Whether its assets get tags. */
  readonly tagged?: boolean;
}

export interface PolicyScope {
  /** Partition of the ARNs. */
  readonly partition: string;
  /** Region of jobs and data sets; `*` for any. */
  readonly region: string;
  /** Account of the jobs, 12 digits; `*` for any. */
  readonly account: string;
  /** `exact` allows the keys in the jobs' details, `any` every key of their buckets. */
  readonly keys: "exact" | "any";
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Permission["condition"];
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

/** Returns the same document for the same jobs and the same looked-up data sets in any order. */
export function policyDocument(
  jobs: readonly PlannedJob[],
  scope: PolicyScope,
  lookedUp: readonly string[] = [],
): PolicyDocument {
  const statements = new Map<string, { permission: Permission; resources: Set<string> }>();
  const allow = (permission: Permission, details: unknown) => {
    const { where } = permission;
    if (where && !valuesAlong(where.member.split("."), details).some((text) => text.includes(where.holds)))
      return;
    const resources = permission.resources.flatMap((template) => resourcesOf(template, details, scope));
    const statement = statements.get(permission.sid) ?? { permission, resources: new Set() };
    resources.forEach((resource) => statement.resources.add(resource));
    if (statement.resources.size > 0) statements.set(permission.sid, statement);
  };
  for (const { type, details, onDelete, tagged } of jobs) {
    const jobType = jobTypeOf(type);
    const own = details[jobType.detailsKey];
    allow({ ...everyJob, condition: onlyTypesOf(jobs) }, own);
    allow(listsJobs, own);
    for (const permission of jobType.permissions) allow(permission, own);
    if (jobType.createsAssets && tagged) allow(tagsAssets, own);
    if (jobType.createsAssets && onDelete === "deleteAssets") deletesAssets.forEach((one) => allow(one, own));
  }
  if (lookedUp.length > 0) allow(listsDataSets, {});
  for (const dataSetId of lookedUp) allow(looksUpRevisions, { dataSetId });
  const sorted = [...statements.values()].sort((a, b) => (a.permission.sid < b.permission.sid ? -1 : 1));
  return {
    Version: "2012-10-17",
    Statement: sorted.map(({ permission: { sid, actions, condition }, resources }) => ({
      Sid: sid,
      Effect: "Allow",
      Action: [...actions].sort(),
      Resource: [...resources].sort(),
      ...(condition && { Condition: condition }),
    })),
  };
}

const onlyTypesOf = (jobs: readonly PlannedJob[]): Permission["condition"] => ({
  StringEquals: { [jobTypeKey]: [...new Set(jobs.map(({ type }) => type))].sort() },
});

/** `{member.path}` and `{member.path|fallback}`, but not `${…}`, which is a placeholder of a key pattern. */
const placeholders = /(?<!\$)\{([A-Za-z0-9.]+)(?:\|([^}]*))?\}/g;

const pathsIn = (template: string): string[][] =>
  [...template.matchAll(placeholders)].map(([, path]) => path!.split("."));

/** Members of details that permissions depend on. The others may be unknown. */
export const policyMembers: ReadonlySet<string> = new Set(
  [...jobTypes.flatMap(({ permissions }) => permissions), ...deletesAssets, tagsAssets].flatMap(
    ({ resources, where }) => [
      ...resources.flatMap(pathsIn).map(([member]) => member!),
      ...(where ? [where.member.split(".")[0]!] : []),
    ],
  ),
);

function resourcesOf(template: string, details: unknown, scope: PolicyScope): string[] {
  const { partition, region, account, keys } = scope;
  const scoped = template
    .replaceAll("{partition}", partition)
    .replaceAll("{region}", region)
    .replaceAll("{account}", account);
  const resources = expand(scoped, details);
  if (keys === "exact") return resources;
  return resources.map((resource) => resource.replace(/^(arn:[^:]*:s3:::[^/]*\/).*$/s, "$1*"));
}

/** Replaces placeholders of a key pattern by `*`, because their values are unknown. Escapes other wildcards. */
const inArn = (value: string): string =>
  value
    .split(/\$\{[^}]*\}/)
    .map(escapeWildcards)
    .join("*");

/** Source: IAM User Guide, policy variables. */
export const escapeWildcards = (text: string): string =>
  text.replace(/[*?$]/g, (character) => `\${${character}}`);

/** The template with every combination of its values. None if a value is missing. */
function expand(template: string, details: unknown): string[] {
  // Members of one list item belong together, so lists are split up before values are filled in.
  for (const path of pathsIn(template)) {
    const list = firstList(details, path);
    if (list) return list.items.flatMap((item) => expand(template, replaceAt(details, list.path, item)));
  }
  let isComplete = true;
  const filled = template.replace(placeholders, (_, path: string, fallback?: string) => {
    const value = valueAt(path.split("."), details);
    if (typeof value === "string") return inArn(value);
    isComplete &&= fallback !== undefined;
    return fallback ?? "";
  });
  return isComplete ? [filled] : [];
}

function firstList(
  value: unknown,
  path: readonly string[],
): { path: readonly string[]; items: readonly unknown[] } | undefined {
  for (let length = 1; length <= path.length; length++) {
    const items = valueAt(path.slice(0, length), value);
    if (Array.isArray(items)) return { path: path.slice(0, length), items };
  }
  return undefined;
}

function replaceAt(value: unknown, [step, ...rest]: readonly string[], item: unknown): unknown {
  if (step === undefined) return item;
  const members = isRecord(value) ? value : {};
  return { ...members, [step]: replaceAt(members[step], rest, item) };
}
