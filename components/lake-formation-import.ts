import type * as iam from "@pulumi/aws/iam";
import type * as lakeformation from "@pulumi/aws/lakeformation";
import type { ComponentResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";

import { InputError } from "../lib/input-error";
import { Job } from "../provider/resources/job";
import type { LFTagArgs } from "../provider/resources/types";
import type { JobAsset, JobState } from "../service-model/job";
import { slug } from "./support/asset-names";
import { importSettings, replaceBeforeCreate } from "./support/declared-jobs";
import { DeferredComponent } from "./support/deferred-component";
import type { ImportArgs } from "./support/job-settings";
import type { TagCondition } from "./support/lake-formation-policies";
import {
  accountOfArn,
  mergeTags,
  rolePolicy,
  tagPermissions,
  trustPolicy,
} from "./support/lake-formation-policies";
import { requireAws } from "./support/pulumi-aws";
import { resolveInput } from "./support/resolve-input";

/** Arguments of a LakeFormationImport. */
export interface LakeFormationImportArgs extends ImportArgs {
  /**
   * LF-tag conditions that a database must meet to be licensed. Required if `table` is absent. A change replaces
   * the job.
   */
  database?: Input<Input<LFTagArgs>[]>;
  /**
   * LF-tag conditions that a table must meet to be licensed. Required if `database` is absent. A change replaces
   * the job.
   */
  table?: Input<Input<LFTagArgs>[]>;
  /**
   * Permissions of subscribers on the tables. A change replaces the job.
   * @default ["DESCRIBE", "SELECT"]
   */
  tablePermissions?: ("DESCRIBE" | "SELECT")[];
  /**
   * Glue Data Catalog, an account id of 12 digits. A change replaces the job.
   * @default the account of the role
   */
  catalogId?: Input<string>;
  /**
   * Role with which Data Exchange grants and revokes permissions. A change replaces the job.
   * @default a new role that Data Exchange can assume, with the permissions that it needs; this needs `@pulumi/aws`
   */
  roleArn?: Input<string>;
  /**
   * Whether to grant the role the Lake Formation permissions that it grants to subscribers; needs `@pulumi/aws`.
   * @default true for a new role, false for a given one
   */
  grants?: boolean;
}

interface LakeFormationOutputs {
  readonly jobId: Output<string>;
  readonly state: Output<JobState>;
  readonly assets: Output<JobAsset[]>;
  readonly roleArn: Output<string>;
}

/** The role that Data Exchange assumes, and the catalog in which it grants permissions. */
interface Grantor {
  readonly roleArn: Output<string>;
  readonly catalogId: Input<string>;
}

/**
 * The resources of an AWS Lake Formation tag policy as assets of a revision, with the required role and grants.
 *
 * ```ts
 * const shared = new dataexchange.LakeFormationImport("shared", {
 *   dataSetId: dataSet.id,
 *   revisionId: revision.revisionId,
 *   table: [{ tagKey: "share", tagValues: ["yes"] }],
 * });
 * ```
 *
 * Errors in the preview: neither databases nor tables, or an expression without conditions.
 */
export class LakeFormationImport extends DeferredComponent<LakeFormationImportArgs, LakeFormationOutputs> {
  /** Id of the job. */
  declare readonly jobId: Output<string>;
  /** State of the job: `COMPLETED` after `pulumi up`. */
  declare readonly state: Output<JobState>;
  /** The assets, one for the databases and one for the tables. */
  declare readonly assets: Output<JobAsset[]>;
  /** ARN of the role that Data Exchange assumes. */
  declare readonly roleArn: Output<string>;

  constructor(name: string, args: LakeFormationImportArgs, opts: ComponentResourceOptions = {}) {
    const outputs = ["jobId", "state", "assets", "roleArn"] as const;
    super("dataexchange:index:LakeFormationImport", name, args, opts, outputs);
  }

  protected async declare(name: string, args: LakeFormationImportArgs): Promise<LakeFormationOutputs> {
    const expressions = await resolveInput({ database: args.database, table: args.table });
    if (expressions.known) validateExpressions(expressions.value);
    const role = args.roleArn === undefined ? this.declareRole(name, args) : [];
    const roleArn = output(args.roleArn ?? role[0].arn);
    const grantor = { roleArn, catalogId: args.catalogId ?? roleArn.apply(accountOfArn) };
    const grants =
      (args.grants ?? role.length > 0)
        ? await this.declareGrants(name, args, grantor, expressions.known ? expressions.value : undefined)
        : [];
    const { id, state, assets } = this.declareJob(name, args, grantor, [...role, ...grants]);
    return { jobId: id, state, assets, roleArn };
  }

  private declareRole(name: string, { tags }: LakeFormationImportArgs): [iam.Role, ...Resource[]] | [] {
    const { Role, RolePolicy } = requireAws<typeof iam>("iam", "a new role, because roleArn is not given,");
    const role = new Role(
      `${name}-role`,
      {
        assumeRolePolicy: JSON.stringify(trustPolicy),
        description: "Lake Formation grants of AWS Data Exchange",
        tags,
      },
      { parent: this },
    );
    const policy = JSON.stringify(rolePolicy);
    return [role, new RolePolicy(`${name}-role-policy`, { role: role.id, policy }, { parent: this })];
  }

  /** The role can grant only permissions that it has with the grant option, and needs permissions on the tags. */
  private async declareGrants(
    name: string,
    args: LakeFormationImportArgs,
    { roleArn: principal, catalogId }: Grantor,
    known: Expressions | undefined,
  ): Promise<Resource[]> {
    const { Permissions } = requireAws<typeof lakeformation>("lakeformation", "grants");
    const grant = (what: string, own: Omit<lakeformation.PermissionsArgs, "principal">): Resource =>
      new Permissions(
        `${name}-${what}`,
        { principal, catalogId, region: args.region, ...own },
        { parent: this },
      );
    const { database, table, tablePermissions = allPermissions } = args;
    const policies = [
      { resourceType: "DATABASE", expression: database, permissions: ["DESCRIBE"] },
      { resourceType: "TABLE", expression: table, permissions: tablePermissions },
    ].flatMap(({ resourceType, expression, permissions }) => {
      if (expression === undefined) return [];
      const expressions = output(expression).apply((conditions) =>
        conditions.map(({ tagKey, tagValues }) => ({ key: tagKey, values: tagValues })),
      );
      const lfTagPolicy = { catalogId, resourceType, expressions };
      const forwarded = { permissions, permissionsWithGrantOptions: permissions };
      return [grant(resourceType.toLowerCase(), { ...forwarded, lfTagPolicy })];
    });
    if (!known) {
      const text = "The LF-tags are not known yet. The grants on them are declared during `pulumi up`.";
      await this.note({ code: "tags-not-known-yet", text }, args);
      return policies;
    }
    const tags = mergeTags(known.database ?? [], known.table ?? []).map(({ tagKey, tagValues }) =>
      grant(`tag-${slug(tagKey)}`, {
        permissions: [...tagPermissions],
        lfTag: { catalogId, key: tagKey, values: [...tagValues] },
      }),
    );
    return [...policies, ...tags];
  }

  private declareJob(
    name: string,
    args: LakeFormationImportArgs,
    grantor: Grantor,
    dependsOn: Resource[],
  ): Job {
    const { dataSetId, revisionId, database, table, tablePermissions = allPermissions } = args;
    return new Job(
      name,
      {
        type: "IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY",
        details: {
          importAssetsFromLakeFormationTagPolicy: {
            dataSetId,
            revisionId,
            ...grantor,
            ...(database && { database: { expression: database, permissions: ["DESCRIBE"] } }),
            ...(table && { table: { expression: table, permissions: tablePermissions } }),
          },
        },
        ...importSettings(this, args),
      },
      { ...replaceBeforeCreate, parent: this, dependsOn },
    );
  }
}

export const allPermissions: ("DESCRIBE" | "SELECT")[] = ["DESCRIBE", "SELECT"];

interface Expressions {
  readonly database?: readonly TagCondition[];
  readonly table?: readonly TagCondition[];
}

function validateExpressions({ database, table }: Expressions): void {
  if (!database && !table) {
    throw new InputError(
      "missing-expression",
      "database or table is required: LF-tag conditions for what to license.",
    );
  }
  for (const [name, conditions] of Object.entries({ database, table })) {
    if (conditions?.length !== 0) continue;
    throw new InputError("empty-expression", `${name} is empty; give at least one LF-tag condition.`);
  }
}
