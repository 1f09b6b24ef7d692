/**
 * Values as a program gives them, before the SDK serializes them for the provider. The SDK serializes a Date, a Map or a
 * symbol as `{}`, omits functions and does not end at a cycle. The provider cannot detect any of that.
 */
import * as pulumi from "@pulumi/pulumi";

import { withCode } from "../../lib/message-code";
import type { Fault } from "../../service-model/shape";
import type { Path } from "../../service-model/validate";
import { formatPath, isRecord } from "../../service-model/validate";
import { toFileAsset } from "./upload-asset";

/**
 * Refuses arguments that would lose data on the way to the provider. The upload and the triggers are checked elsewhere, and
 * the provider checks values that are unknown now.
 */
export function assertSerializable(who: string, args: object | undefined): void {
  for (const [name, value] of Object.entries(args ?? {})) {
    if (name !== "upload" && name !== "triggers") assertWithin(who, value, [name], []);
  }
}

function assertWithin(who: string, value: unknown, path: Path, around: readonly object[]): void {
  if (isDeferred(value) || isLeaf(value)) return;
  refuse(who, path, findFault(value, around));
  if (!isObject(value)) return;
  for (const [name, held] of memberEntries(value))
    assertWithin(who, held, [...path, name], [...around, value]);
}

/** The triggers as they are sent. Refuses a value whose change would not be sent, as soon as it is known. */
export function encodeTriggers(
  who: string,
  value: unknown,
  path: Path = ["triggers"],
  around: readonly object[] = [],
): unknown {
  if (pulumi.Output.isInstance(value)) {
    return value.apply((known: unknown) => encodeTriggers(who, known, path, around));
  }
  if (value instanceof Promise) return value.then((known) => encodeTriggers(who, known, path, around));
  refuse(who, path, findTriggerFault(value) ?? findFault(value, around));
  if (isLeaf(value)) return toFileAsset(value, `${who}: ${formatPath(path)}`);
  if (!isObject(value)) return value;
  const members = memberEntries(value).map(
    ([name, held]) => [name, encodeTriggers(who, held, [...path, name], [...around, value])] as const,
  );
  return Array.isArray(value) ? members.map(([, held]) => held) : Object.fromEntries(members);
}

/** Refuses a value that would lose its own members on the way, whatever these contain. */
export const assertSerializableObject = (who: string, value: object, path: Path): void =>
  refuse(who, path, findFault(value, []));

function refuse(who: string, path: Path, fault: Fault | undefined): void {
  if (!fault) return;
  throw new pulumi.RunError(withCode(`${who}: ${formatPath(path)} ${fault.message}.`, fault.code));
}

function findTriggerFault(value: unknown): Fault | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) {
    return { code: "not-finite", message: "is not a finite number" };
  }
  if (pulumi.Resource.isInstance(value)) {
    const message =
      "is a resource, and only its id would be compared; use an output that changes, such as its etag";
    return { code: "resource-not-output", message };
  }
  if (pulumi.asset.Archive.isInstance(value)) {
    return { code: "archive-not-asset", message: "is an archive; use its files as separate assets" };
  }
  if (isObject(value) && !isLeaf(value) && !Array.isArray(value) && !isPlainObject(value)) {
    const message = `is ${classOf(value)}, of which Pulumi sends only the fields; ${remedy}`;
    return { code: "not-plain-data", message };
  }
  return undefined;
}

function findFault(value: unknown, around: readonly object[]): Fault | undefined {
  if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
    return { code: "not-plain-data", message: `is a ${typeof value}, which Pulumi does not send; ${remedy}` };
  }
  if (!isObject(value) || isLeaf(value)) return undefined;
  if (around.includes(value)) return { code: "cyclic-value", message: "contains itself" };
  if (Object.hasOwn(value, "__proto__")) {
    const message = 'contains a member named "__proto__", which Pulumi does not send; use another name';
    return { code: "reserved-name", message };
  }
  if (Array.isArray(value) || isPlainObject(value) || Object.keys(value).length > 0) return undefined;
  const message = `is ${classOf(value)}, which Pulumi sends as an empty object; ${remedy}`;
  return { code: "not-plain-data", message };
}

const remedy = "use its value as a string, a number or a boolean";

const classOf = ({ constructor }: object): string =>
  constructor?.name ? `an instance of ${constructor.name}` : "an instance of a class";

/** Applies `change` to an object, at once or when it is known. `check` refuses other values. */
export function mapObject(value: unknown, change: (object: Record<string, unknown>) => unknown): unknown {
  if (isDeferred(value)) {
    return (pulumi.output(value) as pulumi.Output<unknown>).apply((known) => mapObject(known, change));
  }
  return isRecord(value) ? change(value) : value;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Values that the SDK serializes as a whole. */
const isLeaf = (value: unknown): boolean =>
  pulumi.isUnknown(value) ||
  pulumi.Resource.isInstance(value) ||
  pulumi.asset.Asset.isInstance(value) ||
  pulumi.asset.Archive.isInstance(value);

const isDeferred = (value: unknown): boolean => pulumi.Output.isInstance(value) || value instanceof Promise;

/** An object literal, of this realm or another, or one without a prototype. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const memberEntries = (value: object): [string | number, unknown][] =>
  Array.isArray(value) ? value.map((held: unknown, index) => [index, held]) : Object.entries(value);

/** Marks the API key as a secret, even if the program does not. All other values stay as they are. */
export function markApiKeySecret<T extends { details?: unknown }>(args: T): T {
  const details = changeApi(args?.details, (members) =>
    members.apiKey === undefined ? members : { ...members, apiKey: pulumi.secret(members.apiKey) },
  );
  return { ...args, details };
}

/** Whether the details contain a secret other than the API key, which outputs do not repeat. */
export async function holdsSecrets(details: unknown): Promise<boolean> {
  const repeated = changeApi(details, ({ apiKey: _, ...others }) => others);
  // The SDK makes an Output for each nested value, which takes time.
  if (isResolved(repeated)) return false;
  // A value that rejects fails where the SDK resolves it.
  return pulumi.isSecret(pulumi.output(repeated)).catch(() => false);
}

/** Whether all values are plain, so that none comes from another resource. */
function isResolved(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  return Object.values(value).every(isResolved);
}

type Members = Record<string, unknown>;

const changeApi = (details: unknown, change: (members: Members) => Members): unknown =>
  mapObject(details, (known) => {
    const { importAssetFromApiGatewayApi: api } = known;
    return api === undefined ? known : { ...known, importAssetFromApiGatewayApi: mapObject(api, change) };
  });
