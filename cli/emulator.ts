/** `pulumi-dataexchange emulator`: runs a local Data Exchange until a signal ends it. */
import type { AccessEntry, LocalDataExchangeOptions } from "../emulator/index";
import { LocalDataExchange, readCredentials } from "../emulator/index";
import type { Command, Option } from "./options";
import { UsageError, helpOf, parseArguments } from "./options";

/** An option, and the member of `LocalDataExchangeOptions` that it sets. docs/emulator.md has the same list. */
export interface EmulatorOption extends Option {
  readonly member: keyof LocalDataExchangeOptions;
}

export const emulatorOptions: readonly EmulatorOption[] = [
  { name: "port", member: "port", value: "N", summary: "Port to listen on.", default: "a free port" },
  {
    name: "host",
    member: "host",
    value: "ADDRESS",
    summary: "Address to listen on.",
    default: "127.0.0.1",
  },
  {
    name: "account",
    member: "accountId",
    value: "ID",
    summary: "Account of callers whose access key is not an account id: 12 digits.",
    default: "000000000000",
  },
  {
    name: "credentials",
    member: "credentials",
    value: "FILE",
    summary:
      "Accepts only the key pairs of this file, in the form of ~/.aws/credentials, and verifies signatures.",
    default: "any key pair",
  },
  {
    name: "job-duration",
    member: "jobDuration",
    value: "[TYPE=]T",
    summary: "Minimum run time of jobs: milliseconds, 30s or 2m.",
    default: "50ms",
    isRepeatable: true,
  },
  {
    name: "quota",
    member: "quotas",
    value: "TYPE=N",
    summary: "Maximum number of jobs of a type in progress.",
    default: "the service's quota",
    isRepeatable: true,
  },
  {
    name: "limit",
    member: "limits",
    value: "NAME=N",
    summary: 'A limit of the service, by its name, such as "Assets per revision=100".',
    default: "the service's limit",
    isRepeatable: true,
  },
  {
    name: "requests-per-second",
    member: "requestsPerSecond",
    value: "[OPERATION=]N",
    summary: "Maximum rate of requests of each operation.",
    default: "no limit",
    isRepeatable: true,
  },
  {
    name: "signed-url-lifetime",
    member: "signedUrlLifetime",
    value: "T",
    summary: "Time within which requests to signed URLs must begin.",
    default: "1m",
  },
  {
    name: "seed",
    member: "seed",
    value: "TEXT",
    summary: "Seed for ids and probabilistic faults.",
    default: "a new one at every start",
  },
  {
    name: "s3-endpoint",
    member: "s3Endpoint",
    value: "URL",
    summary: "Another S3 server; its key pair comes from the environment.",
    default: "the embedded S3 server",
  },
  {
    name: "api",
    member: "apis",
    value: "ID=URL",
    summary: "URL of the API with this id in API Gateway.",
    isRepeatable: true,
  },
  {
    name: "require-bucket-policy",
    member: "requireBucketPolicy",
    summary: "S3 data access requires a bucket policy that delegates access to access points.",
  },
  {
    name: "require-finalized-revision",
    member: "requireFinalizedRevision",
    summary: "Data grants require a data set with a finalized revision.",
  },
  {
    name: "marketplace",
    member: "marketplace",
    summary: "Accepts notifications, as if every data set were part of a product of AWS Marketplace.",
  },
  { name: "quiet", member: "onRequest", summary: "Writes no access log." },
];

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
  const local = await LocalDataExchange.start({
    port: wholeNumber("port", text("port") ?? "0"),
    host: text("host"),
    accountId: text("account"),
    credentials: credentials === undefined ? undefined : await readCredentials(credentials),
    jobDuration: byName("job-duration", texts("job-duration"), (_option, duration) => duration, "default"),
    quotas: byName("quota", texts("quota"), wholeNumber),
    limits: byName("limit", texts("limit"), wholeNumber),
    requestsPerSecond: byName(
      "requests-per-second",
      texts("requests-per-second"),
      (_option, rate) => Number(rate),
      "default",
    ),
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

/** npm and npx do not pass on a signal, so their child has to notice that its parent has ended. */
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

/** The path of a request may contain any characters; a terminal obeys control characters. */
function log({ operation, status, ms }: AccessEntry): void {
  const shown = operation.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
  process.stderr.write(`${new Date().toISOString()} ${shown} ${status ?? "reset"} ${ms} ms\n`);
}
