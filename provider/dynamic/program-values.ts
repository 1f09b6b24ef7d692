/**
 * Values as a program gives them, before the SDK turns them into what travels to the provider. The SDK carries a Date, a
 * Map or a symbol as `{}`, leaves out functions and never ends with a cycle. The provider cannot see any of that.
 */
import * as pulumi from "@pulumi/pulumi";

import type { Path } from "../../service-model/validate";
import { formatPath, isRecord } from "../../service-model/validate";
import { toFileAsset } from "./upload-asset";

/**
 * Refuses arguments that would lose what they hold on the way. The upload and the triggers are looked at elsewhere, and
 * what is yet to come by the provider, which knows what each argument must be.
 */
export function assertSerializable(who: string, args: object | undefined): void {
  for (const [name, value] of Object.entries(args ?? {})) {
    if (name !== "upload" && name !== "triggers") assertWithin(who, value, [name], []);
  }
}

function assertWithin(who: string, value: unknown, path: Path, around: readonly object[]): void {
  if (isDeferred(value) || isLeaf(value)) return;
  refuse(who, path, faultOf(value, around));
  if (!isObject(value)) return;
  for (const [name, held] of membersOf(value)) assertWithin(who, held, [...path, name], [...around, value]);
}

/**
 * The triggers as they travel. Whatever would never trigger, because it looks the same whatever it stands for, is refused:
 * at once, or when it is there.
 */
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
  refuse(who, path, faultOfTrigger(value) ?? faultOf(value, around));
  if (isLeaf(value)) return toFileAsset(value, `${who}: ${formatPath(path)}`);
  if (!isObject(value)) return value;
  const members = membersOf(value).map(
    ([name, held]) => [name, encodeTriggers(who, held, [...path, name], [...around, value])] as const,
  );
  return Array.isArray(value) ? members.map(([, held]) => held) : Object.fromEntries(members);
}

function refuse(who: string, path: Path, fault: string | undefined): void {
  if (fault !== undefined) throw new pulumi.RunError(`${who}: ${formatPath(path)} ${fault}.`);
}

function faultOfTrigger(value: unknown): string | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return "is not a finite number";
  if (pulumi.Resource.isInstance(value)) {
    return "is a resource, of which only the id would count; give the output whose change counts, such as its etag";
  }
  if (pulumi.asset.Archive.isInstance(value)) return "is an archive; give its files as assets of their own";
  if (isObject(value) && !isLeaf(value) && !Array.isArray(value) && !isPlain(value)) {
    return `is ${classOf(value)}, of which Pulumi carries no more than its fields; ${cure}`;
  }
  return undefined;
}

/** What is wrong with a value wherever it stands. */
function faultOf(value: unknown, around: readonly object[]): string | undefined {
  if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
    return `is a ${typeof value}, which Pulumi does not carry; ${cure}`;
  }
  if (!isObject(value) || isLeaf(value)) return undefined;
  if (around.includes(value)) return "holds itself, so that it has no end";
  const isLost = !Array.isArray(value) && !isPlain(value) && Object.keys(value).length === 0;
  return isLost ? `is ${classOf(value)}, which Pulumi carries as an empty object; ${cure}` : undefined;
}

const cure = "give what it stands for as a string, a number or a boolean";

const classOf = ({ constructor }: object): string =>
  constructor?.name ? `an instance of ${constructor.name}` : "an instance of a class";

/** Applies `change` to an object, plain or yet to come; anything else is `check`'s to refuse. */
export function mapObject(value: unknown, change: (object: Record<string, unknown>) => unknown): unknown {
  if (isDeferred(value)) {
    return (pulumi.output(value) as pulumi.Output<unknown>).apply((known) => mapObject(known, change));
  }
  return isRecord(value) ? change(value) : value;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** What the SDK carries as a whole. */
const isLeaf = (value: unknown): boolean =>
  pulumi.isUnknown(value) ||
  pulumi.Resource.isInstance(value) ||
  pulumi.asset.Asset.isInstance(value) ||
  pulumi.asset.Archive.isInstance(value);

const isDeferred = (value: unknown): boolean => pulumi.Output.isInstance(value) || value instanceof Promise;

/** An object literal, of this realm or another, or one without a prototype. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const membersOf = (value: object): [string | number, unknown][] =>
  Array.isArray(value) ? value.map((held: unknown, index) => [index, held]) : Object.entries(value);

/** What of a job's details is secret. */

/** An API key is a credential whether the program says so or not. Leaves alone whatever is known beside it. */
export function markApiKeySecret<T extends { details?: unknown }>(args: T): T {
  const details = changeApi(args?.details, (members) =>
    members.apiKey === undefined ? members : { ...members, apiKey: pulumi.secret(members.apiKey) },
  );
  return { ...args, details };
}

/** Whether the details hold a secret beside the API key, which no such output repeats. */
export function holdsSecrets(details: unknown): Promise<boolean> {
  const repeated = changeApi(details, ({ apiKey: _, ...others }) => others);
  // To ask the SDK costs an Output for each value within.
  if (isResolved(repeated)) return Promise.resolve(false);
  // What cannot be resolved fails where the SDK resolves it.
  return pulumi.isSecret(pulumi.output(repeated)).catch(() => false);
}

/** Whether all is here, and nothing of it comes from another resource. */
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
