/** The least IAM policy that jobs need, computed from the job type table. Pure. */
import { findJobType, jobTypes } from "../../service-model/job-types";
import type { Permission } from "../../service-model/permissions";
import { deletesAssets, everyJob, jobTypeKey, listsJobs, tagsAssets } from "../../service-model/permissions";
import { isRecord } from "../../service-model/validate";

/** A job as far as its permissions depend on it. */
export interface PlannedJob {
  readonly type: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly onDelete?: string;
  /** Whether the assets that it makes get tags. */
  readonly tagged?: boolean;
}

export interface PolicyScope {
  /** Partition of the ARNs. */
  readonly partition: string;
  /** Region of jobs and data sets; `*` for any. */
  readonly region: string;
  /** Account of the jobs, 12 digits; `*` for any. */
  readonly account: string;
  /** Objects by their `exact` keys, or `any` of the buckets that are named. */
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

/** The same document for the same jobs, in whatever order they are given. */
export function policyDocument(jobs: readonly PlannedJob[], scope: PolicyScope): PolicyDocument {
  const statements = new Map<string, { permission: Permission; resources: Set<string> }>();
  const allow = (permission: Permission, details: unknown) => {
    const { member, holds } = permission.where ?? {};
    if (member !== undefined && !expand(`{${member}}`, details).some((value) => value.includes(holds!)))
      return;
    const resources = permission.resources.flatMap((template) => resourcesOf(template, details, scope));
    const statement = statements.get(permission.sid) ?? { permission, resources: new Set() };
    resources.forEach((resource) => statement.resources.add(resource));
    if (statement.resources.size > 0) statements.set(permission.sid, statement);
  };
  for (const { type, details, onDelete, tagged } of jobs) {
    const jobType = findJobType(type);
    if (!jobType) throw new Error(`${JSON.stringify(type)} is no job type of AWS Data Exchange.`);
    const own = details[jobType.detailsKey];
    allow({ ...everyJob, condition: typesOf(jobs) }, own);
    allow(listsJobs, own);
    for (const permission of jobType.permissions) allow(permission, own);
    if (jobType.createsAssets && tagged) allow(tagsAssets, own);
    if (jobType.createsAssets && onDelete === "deleteAssets") deletesAssets.forEach((one) => allow(one, own));
  }
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

const typesOf = (jobs: readonly PlannedJob[]): Permission["condition"] => ({
  StringEquals: { [jobTypeKey]: [...new Set(jobs.map(({ type }) => type))].sort() },
});

/** Members of details that permissions depend on; no others need be known. */
export const policyMembers: ReadonlySet<string> = new Set(
  [...jobTypes.flatMap(({ permissions }) => permissions), ...deletesAssets, tagsAssets]
    .flatMap(({ resources, where }) => [...resources, ...(where ? [`{${where.member}}`] : [])])
    .flatMap((template) => [...template.matchAll(placeholder())].map(([, path]) => path!.split(".")[0]!)),
);

function resourcesOf(template: string, details: unknown, scope: PolicyScope): string[] {
  const { partition, region, account, keys } = scope;
  const own = template
    .replaceAll("{partition}", partition)
    .replaceAll("{region}", region)
    .replaceAll("{account}", account);
  const resources = expand(own, details, inArn);
  if (keys === "exact") return resources;
  return resources.map((resource) => resource.replace(/^(arn:[^:]*:s3:::[^/]*\/).*$/s, "$1*"));
}

/** Placeholders of a value's own may become anything; whatever else means something in an ARN is meant as it stands. */
const inArn = (value: string): string =>
  value
    .split(/\$\{[^}]*\}/)
    .map((text) => text.replace(/[*?$]/g, (sign) => `\${${sign}}`))
    .join("*");

function placeholder(): RegExp {
  return /(?<!\$)\{([A-Za-z0-9.]+)(?:\|([^}]*))?\}/g;
}

/** Every way to fill in a template; none where a value is missing. */
function expand(template: string, details: unknown, write = (value: string) => value): string[] {
  const parts = [...template.matchAll(placeholder())].map(([text, path, otherwise]) => ({
    text,
    path: path!.split("."),
    otherwise,
  }));
  // Members of one item of a list go together, so lists are taken apart before anything is filled in.
  for (const { path } of parts) {
    const list = firstList(details, path);
    if (list)
      return list.items.flatMap((item) => expand(template, replaced(details, list.path, item), write));
  }
  let filled = "";
  let at = 0;
  for (const { text, path, otherwise } of parts) {
    const value = valueAt(details, path);
    const written = typeof value === "string" ? write(value) : otherwise;
    if (written === undefined) return [];
    const from = template.indexOf(text, at);
    filled += template.slice(at, from) + written;
    at = from + text.length;
  }
  return [filled + template.slice(at)];
}

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((held, step) => (isRecord(held) ? held[step] : undefined), value);

function firstList(
  value: unknown,
  path: readonly string[],
): { path: readonly string[]; items: readonly unknown[] } | undefined {
  for (let length = 1; length <= path.length; length++) {
    const items = valueAt(value, path.slice(0, length));
    if (Array.isArray(items)) return { path: path.slice(0, length), items };
  }
  return undefined;
}

function replaced(value: unknown, [step, ...rest]: readonly string[], item: unknown): unknown {
  if (step === undefined) return item;
  const members = isRecord(value) ? value : {};
  return { ...members, [step]: replaced(members[step], rest, item) };
}
