import { createHash } from "node:crypto";
import { now, storedType } from "../stored-resource";
import type { Invocation, Properties, Service } from "../resource-type";
import { refusal } from "../resource-type";
import type { Region } from "../region";

/** IAM roles and policies, KMS keys, and the caller's identity. They have no effect on permissions or encryption. */

const role = storedType("aws:iam/role:Role", {
  inputs: {
    ...{ name: "replace", path: "replace", assumeRolePolicy: "update", description: "update" },
    ...{ forceDetachPolicies: "update", maxSessionDuration: "update", permissionsBoundary: "update" },
    ...{ inlinePolicies: "update", managedPolicyArns: "update" },
  },
  documents: ["assumeRolePolicy"],
  named: { input: "name" },
  computed: ["arn", "createDate", "uniqueId"],
  tagged: true,
  global: true,
  made({ name, path = "/" }, { accountId }, unique) {
    const arn = `arn:aws:iam::${accountId}:role${path as string}${name as string}`;
    const uniqueId = `AROA${unique(17).toUpperCase()}`;
    return { id: name as string, outputs: { arn, createDate: now(), uniqueId } };
  },
});

const policy = storedType("aws:iam/policy:Policy", {
  inputs: { name: "replace", path: "replace", description: "replace", policy: "update" },
  documents: ["policy"],
  named: { input: "name" },
  computed: ["arn", "attachmentCount", "policyId"],
  tagged: true,
  global: true,
  made({ name, path = "/" }, { accountId }, unique) {
    const arn = `arn:aws:iam::${accountId}:policy${path as string}${name as string}`;
    return { id: arn, outputs: { arn, attachmentCount: 0, policyId: `ANPA${unique(17).toUpperCase()}` } };
  },
});

const rolePolicy = storedType("aws:iam/rolePolicy:RolePolicy", {
  inputs: { name: "replace", role: "replace", policy: "update" },
  documents: ["policy"],
  named: { input: "name" },
  computed: [],
  global: true,
  made: ({ role, name }) => ({ id: `${role as string}:${name as string}`, outputs: {} }),
});

const attachment = storedType("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
  inputs: { role: "replace", policyArn: "replace" },
  computed: [],
  global: true,
  made: ({ role, policyArn }) => ({ id: `${role as string}/${policyArn as string}`, outputs: {} }),
});

interface Statement {
  sid?: string;
  effect?: string;
  actions?: string[];
  notActions?: string[];
  resources?: string[];
  notResources?: string[];
  principals?: Principal[];
  notPrincipals?: Principal[];
  conditions?: { test: string; variable: string; values: string[] }[];
}

interface Principal {
  type: string;
  identifiers: string[];
}

const getPolicyDocument: Invocation = (args) => {
  const {
    policyId,
    version = "2012-10-17",
    statements = [],
    ...others
  } = args as {
    policyId?: string;
    version?: string;
    statements?: Statement[];
  };
  const [other] = Object.keys(others);
  if (other) throw new Error(refusal(`getPolicyDocument has no ${other} that this fake supports`));
  const document = { Version: version, Id: policyId, Statement: statements.map(statement) };
  const json = JSON.stringify(document, undefined, 2);
  const id = String(createHash("sha256").update(json).digest().readUInt32BE());
  return { ...args, version, id, json, minifiedJson: JSON.stringify(document) };
};

export const iam: Service = {
  resources: {
    "aws:iam/role:Role": role,
    "aws:iam/policy:Policy": policy,
    "aws:iam/rolePolicy:RolePolicy": rolePolicy,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": attachment,
  },
  functions: { "aws:iam/getPolicyDocument:getPolicyDocument": getPolicyDocument },
};

const statement = (declared: Statement): Properties => ({
  Sid: declared.sid,
  Effect: declared.effect ?? "Allow",
  Action: oneOrMore(declared.actions),
  NotAction: oneOrMore(declared.notActions),
  Resource: oneOrMore(declared.resources),
  NotResource: oneOrMore(declared.notResources),
  Principal: principals(declared.principals),
  NotPrincipal: principals(declared.notPrincipals),
  Condition: conditions(declared.conditions),
});

const oneOrMore = (values: string[] = []): string | string[] | undefined =>
  values.length === 0 ? undefined : values.length === 1 ? values[0] : values;

function principals(declared: Principal[] = []): unknown {
  if (declared.length === 0) return undefined;
  if (declared.some(({ type }) => type === "*")) return "*";
  return Object.fromEntries(declared.map(({ type, identifiers }) => [type, oneOrMore(identifiers)]));
}

function conditions(declared: Statement["conditions"] = []): unknown {
  if (declared.length === 0) return undefined;
  const tests: Record<string, Properties> = {};
  for (const { test, variable, values } of declared) (tests[test] ??= {})[variable] = oneOrMore(values);
  return tests;
}

const key = storedType("aws:kms/key:Key", {
  inputs: {
    ...{ description: "update", policy: "update", enableKeyRotation: "update", isEnabled: "update" },
    ...{ deletionWindowInDays: "update", rotationPeriodInDays: "update" },
    ...{ keyUsage: "replace", customerMasterKeySpec: "replace", multiRegion: "replace" },
  },
  documents: ["policy"],
  computed: ["arn", "keyId"],
  tagged: true,
  made(_, region, unique) {
    const keyId = unique(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    return { id: keyId, outputs: { keyId, arn: region.arn("kms", `key/${keyId}`) } };
  },
});

const alias = storedType("aws:kms/alias:Alias", {
  inputs: { name: "replace", targetKeyId: "update" },
  named: { input: "name", prefix: "alias/" },
  computed: ["arn", "targetKeyArn"],
  volatile: ["targetKeyArn"],
  made: (inputs, region) => ({
    id: inputs.name as string,
    outputs: { arn: region.arn("kms", inputs.name as string), ...target(inputs, region) },
  }),
  changed: (inputs, region) => target(inputs, region),
});

const target = ({ targetKeyId }: Properties, region: Region) => {
  const key = targetKeyId as string;
  return { targetKeyArn: key.startsWith("arn:") ? key : region.arn("kms", `key/${key}`) };
};

export const kms: Service = { resources: { "aws:kms/key:Key": key, "aws:kms/alias:Alias": alias } };

export const identity: Service = {
  resources: {},
  functions: {
    "aws:index/getCallerIdentity:getCallerIdentity": (_, { accountId, settings }) => {
      const role = settings.roleArn?.split("/").at(-1);
      const arn = role
        ? `arn:aws:sts::${accountId}:assumed-role/${role}/pulumi`
        : `arn:aws:iam::${accountId}:root`;
      return { id: accountId, accountId, arn, userId: settings.accessKeyId };
    },
    "aws:index/getRegion:getRegion": (_, { name }) => ({
      id: name,
      name,
      region: name,
      endpoint: `ec2.${name}.amazonaws.com`,
      description: name,
    }),
    "aws:index/getPartition:getPartition": () => ({
      id: "aws",
      partition: "aws",
      dnsSuffix: "amazonaws.com",
      reverseDnsPrefix: "com.amazonaws",
    }),
  },
};
