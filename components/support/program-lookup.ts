/** Runs a lookup of the core in the program, with the program's own identity. */
import type { Input, InvokeOptions, InvokeOutputOptions, Output, Resource, Unwrap } from "@pulumi/pulumi";
import { log, output, RunError, runtime, unknown } from "@pulumi/pulumi";

import { systemClock } from "../../lib/clock";
import { parseDuration } from "../../lib/duration";
import { InputError } from "../../lib/input-error";
import { CodedError, withCode } from "../../lib/message-code";
import { openNetwork } from "../../provider/aws/network";
import type { OwnSettings } from "../../provider/aws/settings";
import { connectionSettings, resolveRegion } from "../../provider/aws/settings";
import { defaultTimeouts } from "../../provider/core/arguments";
import { failureError } from "../../provider/core/error-messages";
import type { Lookup } from "../../provider/core/lookups/lookup";
import { lookUp } from "../../provider/core/lookups/lookup";
import type { DataExchange } from "../../provider/core/ports";
import { withRetries } from "../../provider/core/retry";
import type { AssumeRoleArgs } from "../../provider/resources/types";
import { usesMocks } from "../../provider/resources/upload-asset";
import { readConfig } from "./connection-config";
import { hideSecretsIn, withoutStack } from "./input-error";
import { componentConnection } from "./job-settings";
import { dependenciesReady, resolveInput } from "./resolve-input";

/** Connection of a lookup. */
export interface LookupConnection {
  /**
   * AWS region to look in.
   * @default that of the `@pulumi/aws` provider in the options, then as for a Job
   */
  region?: string;
  /**
   * Profile of the shared config and credentials files to take credentials from.
   * @default that of the `@pulumi/aws` provider in the options unless `assumeRole` is given, then as for a Job
   */
  profile?: string;
  /**
   * Role to assume for the calls.
   * @default if `profile` is not given, that of the `@pulumi/aws` provider in the options if it assumes one role; then as for
   * a Job
   */
  assumeRole?: Unwrap<AssumeRoleArgs>;
  /**
   * URL of the Data Exchange endpoint.
   * @default as for a Job
   */
  endpoint?: string;
}

/** The same arguments, each of which may be an output of a resource. */
export type LookupInputs<Args> = { [Name in keyof Args]: LookupInput<NonNullable<Args[Name]>> };

/** An argument, or an output of a resource. */
export type LookupInput<Value> = Value extends readonly (infer Item)[]
  ? Input<Input<Item>[]>
  : Value extends object
    ? Input<LookupInputs<Value>>
    : Input<Value>;

/** The result now. Rejects with a RunError if there is none. */
export async function lookUpNow<Args extends object, Result extends object>(
  lookup: Lookup<Args, Result>,
  args: Args & LookupConnection,
  opts: InvokeOptions = {},
): Promise<Result> {
  const connection = await resolveInput(connectionOf(args, opts));
  if (connection.known) return run(lookup, args, connection.value as OwnSettings, opts);
  const text = `Settings of its provider are not known in this preview. Use ${lookup.name}Output.`;
  throw await toRunError(lookup, new InputError("settings-not-known-yet", text), args);
}

interface Known<Args> {
  readonly args: Args & LookupConnection;
  readonly connection: OwnSettings;
}

/** The result once the arguments are known. In a preview, it is unknown until then, and the service is not called. */
export function lookUpOutput<Args extends object, Result extends object>(
  lookup: Lookup<Args, Result>,
  args: LookupInputs<Args & LookupConnection>,
  opts: InvokeOutputOptions = {},
): Output<Result> {
  // An unknown member keeps the whole from being known.
  const isReady = dependenciesReady(opts.dependsOn).then((ready) => ready || unknown);
  const inputs = { args, connection: connectionOf(args, opts), isReady, urns: urnsOf(opts.dependsOn) };
  return (output(inputs) as Output<Known<Args>>).apply((known) =>
    run(lookup, known.args, known.connection, opts, args),
  );
}

/** The result depends on the resources of an input, so it depends on these through their URNs. */
const urnsOf = (dependsOn: InvokeOutputOptions["dependsOn"]): Output<unknown> =>
  (output<unknown>(dependsOn) as Output<unknown>).apply((resources) =>
    ([resources ?? []].flat() as Resource[]).map(({ urn }) => urn),
  );

const connectionOf = (args: LookupInputs<LookupConnection>, { provider, parent }: InvokeOptions) =>
  componentConnection({ getProvider: (token) => provider ?? parent?.getProvider(token) }, args);

async function run<Args extends object, Result extends object>(
  lookup: Lookup<Args, Result>,
  {
    region: _region,
    profile: _profile,
    assumeRole: _role,
    endpoint: _endpoint,
    ...args
  }: Args & LookupConnection,
  connection: OwnSettings,
  opts: InvokeOptions,
  /** The arguments with the marks of secrets. */
  given: object = args,
): Promise<Result> {
  const token = `dataexchange:index:${lookup.name}`;
  // In a unit test of a program, its mocks answer.
  if (usesMocks()) return (await runtime.invoke(token, args, { ...opts, async: true })) as Result;
  const warn = async ({ code, text }: { code: string; text: string }) =>
    log.warn(withCode(`${lookup.name}: ${await hideSecretsIn(given, text)}`, code), opts.parent);
  try {
    const service = await connect(connection);
    return await lookUp(lookup, args as Args, { service, warn: (message) => void warn(message) });
  } catch (error) {
    throw await toRunError(lookup, error, given);
  }
}

async function toRunError({ name }: { name: string }, error: unknown, given: object): Promise<RunError> {
  const { code, text } = error instanceof CodedError ? error : failureError(error, "The lookup");
  const derived = error instanceof InputError ? error.derived : [];
  return withoutStack(new RunError(withCode(`${name}: ${await hideSecretsIn(given, text, derived)}`, code)));
}

async function connect(own: OwnSettings): Promise<DataExchange> {
  const settings = connectionSettings(own, readConfig);
  const region = await resolveRegion(settings);
  if (!region) {
    const text =
      "There is no region. Give region, or set aws:region in the stack's config, AWS_REGION, or the profile's region.";
    throw new InputError("missing-region", text);
  }
  // The SDK is loaded by the first lookup, so that a program without one does not load it.
  const { openDataExchange } = await import("../../provider/aws/data-exchange.js");
  const service = openDataExchange(
    { ...settings, region },
    { agents: (await openNetwork(settings)).aws, onClockOff: (text) => void log.warn(text) },
  );
  const contact = { isAnswered: false };
  return withRetries(service, {
    clock: systemClock,
    contact,
    budget: parseDuration(defaultTimeouts.request)!,
  });
}
