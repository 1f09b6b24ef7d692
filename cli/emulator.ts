/** `pulumi-dataexchange emulator`: runs a local Data Exchange until a signal ends it. */
import type { AccessEntry, LocalDataExchangeOptions } from "../emulator/index";
import { LocalDataExchange, OptionError, readCredentials } from "../emulator/index";
import type { Command } from "./options";
import { UsageError, helpOf, optionOf, parseArguments } from "./options";

/** Usage of the option, the member of `LocalDataExchangeOptions` that it sets, description and default. */
const table: readonly (readonly [string, keyof LocalDataExchangeOptions, string, string?])[] = [
  ["port N", "port", "Port to listen on.", "a free port"],
  ["host ADDRESS", "host", "Address to listen on.", "127.0.0.1"],
  ["account ID", "accountId", "Account of access keys that are not account ids: 12 digits.", "000000000000"],
  ["credentials FILE", "credentials", "Key pairs to accept, as in ~/.aws/credentials.", "any key pair"],
  ["job-duration [TYPE=]T ...", "jobDuration", "Minimum run time of jobs: 500, 30s or 2m.", "50ms"],
  ["quota TYPE=N ...", "quotas", "Maximum number of jobs of a type in progress.", "the service's quota"],
  ["limit NAME=N ...", "limits", 'Limit such as "Assets per revision=100".', "the service's limit"],
  ["requests-per-second [OPERATION=]N ...", "requestsPerSecond", "Maximum rate of requests.", "no limit"],
  ["signed-url-lifetime T", "signedUrlLifetime", "Time in which requests to signed URLs begin.", "1m"],
  ["seed TEXT", "seed", "Seed for ids and probabilistic faults.", "a new one at every start"],
  [
    "s3-endpoint URL",
    "s3Endpoint",
    "S3 server; its keys come from the environment.",
    "the embedded S3 server",
  ],
  ["api ID=URL ...", "apis", "URL of the API with this id in API Gateway."],
  ["require-bucket-policy", "requireBucketPolicy", "S3 data access needs a bucket policy for access points."],
  ["require-finalized-revision", "requireFinalizedRevision", "Data grants need a finalized revision."],
  ["marketplace", "marketplace", "Accepts notifications, as for products of AWS Marketplace."],
  ["quiet", "onRequest", "Writes no access log."],
];

/** docs/emulator.md has the same list. */
export const emulatorOptions = table.map(([usage, member, summary, standard]) => ({
  ...optionOf(usage, summary, standard),
  member,
}));

export const emulatorCommand: Command = {
  name: "emulator",
  summary: "Runs a local AWS Data Exchange with an S3 server, both at one address.",
  usage: "pulumi-dataexchange emulator [options]",
  options: emulatorOptions,
  notes: `Prints "ready URL" when it accepts requests, and writes the access log to standard error. Ends on SIGINT and
SIGTERM. Point clients at it with AWS_ENDPOINT_URL=URL. See docs/emulator.md.`,
};

export async function runEmulator(args: readonly string[]): Promise<void> {
  const { has, text, texts } = parseArguments(emulatorCommand, args);
  if (has("help")) {
    process.stdout.write(helpOf(emulatorCommand));
    return;
  }
  const credentials = text("credentials");
  const local = await start({
    port: wholeNumber("port", text("port") ?? "0"),
    host: text("host"),
    accountId: text("account"),
    credentials: credentials === undefined ? undefined : await readCredentials(credentials),
    jobDuration: byName("job-duration", texts("job-duration"), (_option, duration) => duration, "default"),
    quotas: byName("quota", texts("quota"), wholeNumber),
    limits: byName("limit", texts("limit"), wholeNumber),
    requestsPerSecond: byName("requests-per-second", texts("requests-per-second"), anyNumber, "default"),
    signedUrlLifetime: text("signed-url-lifetime"),
    seed: text("seed"),
    s3Endpoint: text("s3-endpoint"),
    apis: byName("api", texts("api"), (_option, url) => url),
    requireBucketPolicy: has("require-bucket-policy") || undefined,
    requireFinalizedRevision: has("require-finalized-revision") || undefined,
    marketplace: has("marketplace") || undefined,
    onRequest: has("quiet") ? undefined : log,
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void local.stop());
  onceOrphaned(() => void local.stop());
  process.stdout.write(`ready ${local.endpoint}\n`);
}

/** Starts the service. An error about a member of the options names the option of the command line instead. */
async function start(options: LocalDataExchangeOptions): Promise<LocalDataExchange> {
  return LocalDataExchange.start(options).catch((error: unknown) => {
    if (!(error instanceof OptionError)) throw error;
    const text = error.text.replace(/^(\w+)(\.default(?= )|\.)?/, (path, member: string, next?: string) => {
      const option = emulatorOptions.find((each) => each.member === member);
      return option ? `--${option.name}${next === "." ? " " : ""}` : path;
    });
    throw new OptionError({ code: error.code, text }, { cause: error });
  });
}

/** npm and npx do not pass on a signal, so their child has to detect that its parent has ended. */
function onceOrphaned(end: () => void): void {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, 500);
  timer.unref();
}

/** Values of the form NAME=VALUE as an object. `defaultName` is the name of a value without one. */
function byName<T>(
  option: string,
  values: readonly string[] | undefined,
  read: (option: string, value: string) => T,
  defaultName?: string,
): Record<string, T> | undefined {
  const pairs = values?.map((value): [string, T] => {
    const at = value.indexOf("=");
    if (at > 0) return [value.slice(0, at), read(option, value.slice(at + 1))];
    if (at < 0 && defaultName !== undefined) return [defaultName, read(option, value)];
    throw new UsageError("invalid-value", `--${option} must be NAME=VALUE, not "${value}".`);
  });
  return pairs && Object.fromEntries(pairs);
}

function wholeNumber(option: string, value: string): number {
  if (!/^\d+$/.test(value))
    throw new UsageError("invalid-value", `--${option} must be a whole number, not "${value}".`);
  return Number(value);
}

function anyNumber(option: string, value: string): number {
  if (value === "" || !Number.isFinite(Number(value)))
    throw new UsageError("invalid-value", `--${option} must be a number, not "${value}".`);
  return Number(value);
}

/** The path of a request may contain any characters, and a terminal executes control characters. */
function log({ operation, status, ms }: AccessEntry): void {
  const shown = operation.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
  process.stderr.write(`${new Date().toISOString()} ${shown} ${status ?? "reset"} ${ms} ms\n`);
}
