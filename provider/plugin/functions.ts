/** The functions of the package: lookups of the core, on the values of the engine's protocol. */
import { InputError } from "../../lib/input-error";
import { CodedError, withCode } from "../../lib/message-code";
import type { Message } from "../../lib/message-code";
import { valueAt } from "../../lib/path";
import { hideValues, textsIn } from "../../lib/redact";
import type { StructShape } from "../../service-model/shape";
import { struct } from "../../service-model/shape";
import { UNKNOWN, formatPath, validate } from "../../service-model/validate";
import type { OwnSettings } from "../aws/settings";
import { args as jobArgs } from "../core/arguments";
import { failureError } from "../core/error-messages";
import { getAssets } from "../core/lookups/get-assets";
import { getDataSet } from "../core/lookups/get-data-set";
import { getJob } from "../core/lookups/get-job";
import { getLatestRevision, getRevision } from "../core/lookups/get-revision";
import type { Lookup } from "../core/lookups/lookup";
import { retryingService } from "../core/session";
import type { Host, Operation } from "../host/host";
import type { Props } from "./values";
import { decode, encode } from "./values";

const lookups = [getAssets, getDataSet, getJob, getLatestRevision, getRevision] as unknown as Lookup<
  object,
  object
>[];

const functions = new Map(lookups.map((lookup) => [`dataexchange:index:${lookup.name}`, lookup]));

/** Arguments of every function, as those of a Job. */
const { region, profile, assumeRole, endpoint } = jobArgs;

const argsOf = ({ args }: Lookup<object, object>): StructShape =>
  struct(args.name, { ...args.members, region, profile, assumeRole, endpoint } as StructShape["members"]);

export interface FunctionAnswer {
  readonly result: Props;
  /** Problems of the arguments, with their paths. */
  readonly failures: readonly { readonly path: string; readonly reason: string }[];
}

/** Calls a function. The result is secret if an argument is. */
export async function callFunction(
  token: string,
  wire: Props,
  host: Host,
  operation: Operation,
): Promise<FunctionAnswer> {
  const lookup = functions.get(token);
  if (!lookup) {
    throw new CodedError({ code: "unknown-function", text: `This plugin has no function ${token}.` });
  }
  const { values, secrets } = decode(wire);
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
  const failures = validate(argsOf(lookup), given).map(({ path, code, message }) => ({
    path: formatPath(path),
    reason: withCode(`${lookup.name}: ${formatPath(path)} ${message}.`, code),
  }));
  // The engine accepts no unknown values here. The SDKs call no function whose arguments are unknown.
  if (failures.length > 0 || isUnknown(given)) return { result: {}, failures };
  const hidden = secrets.flatMap((path) => textsIn(valueAt(path, values)));
  const result = await run(lookup, given, hidden, host, operation);
  const names = secrets.length > 0 ? Object.keys(result).map((name) => [name]) : [];
  return { result: encode(result, names), failures };
}

/** Runs the lookup. The texts in `hidden` do not show in messages. */
async function run(
  lookup: Lookup<object, object>,
  { region, profile, assumeRole, endpoint, ...args }: Props & OwnSettings,
  hidden: readonly string[],
  host: Host,
  operation: Operation,
): Promise<object> {
  const sentence = ({ code, text }: Message, derived: readonly string[] = []): Message => ({
    code,
    text: `${lookup.name}: ${hidden.length === 0 ? text : hideValues(text, [...hidden, ...derived])}`,
  });
  const settings = { region, profile, assumeRole, endpoint };
  try {
    if (!(await host.sessions.region(settings))) throw missingRegion(host);
    return await host.run(settings, operation, ({ session, reporter }) =>
      lookup.run(args, {
        service: retryingService(session, {}, reporter),
        warn: (message) => reporter.warn(sentence(message)),
      }),
    );
  } catch (error) {
    const coded = error instanceof CodedError ? error : failureError(error, "The lookup");
    throw new CodedError(sentence(coded, coded instanceof InputError ? coded.derived : []), { cause: error });
  }
}

function missingRegion({ regionSetting }: Host): CodedError {
  const text = `There is no region. Give region, or set ${regionSetting}, AWS_REGION, or the profile's region.`;
  return new CodedError({ code: "missing-region", text });
}

const membersOf = (value: unknown): unknown[] =>
  typeof value === "object" && value !== null ? Object.values(value) : [];

const isUnknown = (value: unknown): boolean => value === UNKNOWN || membersOf(value).some(isUnknown);
