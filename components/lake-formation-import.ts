import type * as iam from "@pulumi/aws/iam";
import type * as lakeformation from "@pulumi/aws/lakeformation";
import type { ComponentResourceOptions, Input, Inputs, Output, Resource } from "@pulumi/pulumi";
import { ComponentResource, log, output } from "@pulumi/pulumi";

import type { JobAsset, JobState } from "../service-model/job";
import { Job } from "../provider/dynamic/job";
import type { LFTagArgs } from "../provider/dynamic/types";
import { requireAws } from "./support/pulumi-aws";
import { hashInputs } from "./support/content-hash";
import type { JobSettings } from "./support/job-settings";
import { importSettings, replaceBeforeCreate } from "./support/declared-jobs";
import type { TagCondition } from "./support/lake-formation-policies";
import {
  accountOfArn,
  rolePolicy,
  tagPermissions,
  mergeTags,
  trustPolicy,
} from "./support/lake-formation-policies";
import { InputError, reportInputErrors } from "./support/input-error";
import { slug } from "./support/asset-names";
import type { Resolved } from "./support/resolve-input";
import { resolveInput } from "./support/resolve-input";
import { readArgs, hideArgs } from "./support/hidden-args";

/** What a LakeFormationImport is made of. */
export interface LakeFormationImportArgs extends JobSettings {
  /** The data set that owns the revision. A change replaces the job. */
  dataSetId: Input<string>;
  /** The revision to import into; it must not be finalized. A change replaces the job. */
  revisionId: Input<string>;
  /**
   * LF-tag conditions for the databases to license, all of which must hold. This or `table`, or both. A change replaces
   * the job.
   */
  database?: Input<Input<LFTagArgs>[]>;
  /**
   * LF-tag conditions for the tables to license, all of which must hold. This or `database`, or both. A change replaces
   * the job.
   */
  table?: Input<Input<LFTagArgs>[]>;
  /** What subscribers may do with the tables. Default: `DESCRIBE` and `SELECT`. A change replaces the job. */
  tablePermissions?: ("DESCRIBE" | "SELECT")[];
  /** Glue Data Catalog, an account id of 12 digits. Default: the account of the role. A change replaces the job. */
  catalogId?: Input<string>;
  /**
   * Role with which Data Exchange grants and revokes. Default: one is made that Data Exchange can assume, with the
   * permissions that this takes; that takes `@pulumi/aws`. A change replaces the job.
   */
  roleArn?: Input<string>;
  /**
   * Whether to grant the role the Lake Formation permissions that it hands on; takes `@pulumi/aws`. Default: true for
   * a role that is made here, false for one that is given.
   */
  grants?: boolean;
  /**
   * What becomes of the assets when the job is replaced or deleted: `deleteAssets` deletes them unless their revision
   * is finalized, `retain` keeps them. Default: `deleteAssets`, so that no duplicates are left.
   */
  onDelete?: Input<"retain" | "deleteAssets">;
}

/** What a revision gets, wherever it is. */
export type LakeFormationImportContent = Omit<LakeFormationImportArgs, "dataSetId" | "revisionId">;

interface Outcome {
  readonly job: Job;
  readonly roleArn: Output<string>;
}

/**
 * What an AWS Lake Formation tag policy covers, as assets of a revision, with the role and the grants that this needs.
 *
 * ```ts
 * const shared = new dataexchange.LakeFormationImport("shared", {
 *   dataSetId: dataSet.id,
 *   revisionId: revision.revisionId,
 *   table: [{ tagKey: "share", tagValues: ["yes"] }],
 * });
 * ```
 *
 * Errors: neither databases nor tables, or an expression without conditions, is refused by the preview.
 */
export class LakeFormationImport extends ComponentResource<Outcome> {
  /** Id of the job. */
  declare readonly jobId: Output<string>;
  /** State of the job: `COMPLETED` in a stack that is up. */
  declare readonly state: Output<JobState>;
  /** The assets, one for the databases and one for the tables. */
  declare readonly assets: Output<JobAsset[]>;
  /** ARN of the role that Data Exchange uses. */
  declare readonly roleArn: Output<string>;

  constructor(name: string, args: LakeFormationImportArgs, opts: ComponentResourceOptions = {}) {
    super("dataexchange:index:LakeFormationImport", name, hideArgs(args), opts);
    const data = output(this.getData());
    const outputs = {
      jobId: data.apply(({ job }) => job.id),
      state: data.apply(({ job }) => job.state),
      assets: data.apply(({ job }) => job.assets),
      roleArn: data.apply(({ roleArn }) => roleArn),
    };
    Object.assign(this, outputs);
    this.registerOutputs(outputs);
  }

  protected override initialize(
    inputs: Inputs,
    _opts: ComponentResourceOptions,
    name: string,
  ): Promise<Outcome> {
    const args = readArgs<LakeFormationImportArgs>(inputs);
    return reportInputErrors(this, `LakeFormationImport ${JSON.stringify(name)}`, args, async () => {
      const expressions = await resolveInput({ database: args.database, table: args.table });
      if (expressions.known) check(expressions.value);
      const role = args.roleArn === undefined ? this.role(name, args) : undefined;
      const roleArn = output(role?.arn ?? args.roleArn!);
      const catalogId = args.catalogId ?? roleArn.apply(accountOfArn);
      const granted =
        (args.grants ?? role !== undefined)
          ? await this.grants(name, args, { principal: roleArn, catalogId }, expressions)
          : [];
      const job = this.job(name, args, { roleArn, catalogId }, [...(role?.needs ?? []), ...granted]);
      return { job, roleArn };
    });
  }

  private role(name: string, { tags }: LakeFormationImportArgs): { arn: Output<string>; needs: Resource[] } {
    const { Role, RolePolicy } = requireAws<typeof iam>("iam", "a role that is not given as roleArn");
    const role = new Role(
      `${name}-role`,
      {
        assumeRolePolicy: JSON.stringify(trustPolicy),
        description: "Lake Formation grants of AWS Data Exchange",
        tags,
      },
      { parent: this },
    );
    const policy = new RolePolicy(
      `${name}-role-policy`,
      { role: role.id, policy: JSON.stringify(rolePolicy) },
      { parent: this },
    );
    return { arn: role.arn, needs: [role, policy] };
  }

  /** The role can hand on no more than it has: each permission with the grant option, and the tags to grant by. */
  private async grants(
    name: string,
    { tablePermissions = everything, database, table, region }: LakeFormationImportArgs,
    to: { principal: Output<string>; catalogId: Input<string> },
    expressions: Resolved<Expressions>,
  ): Promise<Resource[]> {
    const { Permissions } = requireAws<typeof lakeformation>("lakeformation", "grants");
    const grant = (what: string, args: Omit<lakeformation.PermissionsArgs, "principal">): Resource =>
      new Permissions(`${name}-${what}`, { ...to, region, ...args }, { parent: this });
    const policies = [
      { resourceType: "DATABASE", expression: database, permissions: ["DESCRIBE"] },
      { resourceType: "TABLE", expression: table, permissions: tablePermissions },
    ].flatMap(({ resourceType, expression, permissions }) => {
      if (expression === undefined) return [];
      const conditions = output(expression).apply((known) =>
        known.map(({ tagKey, tagValues }) => ({ key: tagKey, values: tagValues })),
      );
      const lfTagPolicy = { catalogId: to.catalogId, resourceType, expressions: conditions };
      const handedOn = { permissions, permissionsWithGrantOptions: permissions };
      return [grant(resourceType.toLowerCase(), { ...handedOn, lfTagPolicy })];
    });
    if (!expressions.known) {
      await log.info("The LF-tags are not known yet: the grants on them are declared once they are.", this);
      return policies;
    }
    const tags = mergeTags(expressions.value.database ?? [], expressions.value.table ?? []);
    return [
      ...policies,
      ...tags.map(({ tagKey, tagValues }) =>
        grant(`tag-${slug(tagKey)}`, {
          permissions: [...tagPermissions],
          lfTag: { catalogId: to.catalogId, key: tagKey, values: [...tagValues] },
        }),
      ),
    ];
  }

  private job(
    name: string,
    args: LakeFormationImportArgs,
    by: { roleArn: Output<string>; catalogId: Input<string> },
    dependsOn: Resource[],
  ): Job {
    const { dataSetId, revisionId, database, table, tablePermissions = everything } = args;
    return new Job(
      name,
      {
        type: "IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY",
        details: {
          importAssetsFromLakeFormationTagPolicy: {
            ...{ dataSetId, revisionId, ...by },
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

const everything: ("DESCRIBE" | "SELECT")[] = ["DESCRIBE", "SELECT"];

interface Expressions {
  readonly database?: readonly TagCondition[];
  readonly table?: readonly TagCondition[];
}

function check(expressions: Expressions): void {
  const given = Object.entries(expressions).filter(([, conditions]) => conditions !== undefined);
  if (given.length === 0)
    throw new InputError("needs database or table: LF-tag conditions for what to license.");
  const empty = given.find(([, conditions]) => (conditions as unknown[]).length === 0);
  if (empty) throw new InputError(`${empty[0]} holds no LF-tag condition; nothing says what to license.`);
}

/** A digest of what the revision would hold: the policy, not the data, which is never copied. */
export const contentOf = (args: LakeFormationImportContent): Promise<Resolved<string>> => {
  const { database, table, tablePermissions = everything, catalogId, roleArn, tags } = args;
  return hashInputs("LakeFormationImport", [
    ...[database, table].map((expression) => output(expression).apply((known) => known && mergeTags(known))),
    ...[[...tablePermissions].sort(), catalogId, roleArn, tags],
  ]);
};
