/** The local Data Exchange as a command: serves until it is told to end. */
import { parseArgs } from "node:util";
import type { AccessEntry, LocalDataExchangeOptions } from "../emulator/index";
import { LocalDataExchange, readCredentials } from "../emulator/index";

const help = `A local AWS Data Exchange with an S3 server, both at one address.

Usage: pulumi-dataexchange emulator [options]

  --port N                 Port to listen on; 0, the default, takes a free one.
  --host ADDRESS           Address to listen on; the loopback by default.
  --account ID             Account of callers whose access key does not name one: 12 digits. A key of 12 digits
                           is its own account. Default: 000000000000.
  --credentials FILE       Lets in only the key pairs of this file, in the form of ~/.aws/credentials, and verifies
                           their signatures; a profile's account is its aws_account_id.
  --job-duration T         Least time that a started job is in progress: milliseconds, or 30s, 2m. Default: 50ms.
                           TYPE=T for one type; may be repeated.
  --quota TYPE=N           Jobs of a type in progress at once, instead of the service's quota. May be repeated.
  --limit NAME=N           Limit on what is stored, by the service's name, as in "Assets per revision=100".
                           May be repeated.
  --requests-per-second N  Requests of each operation that are let through; OPERATION=N for one. May be repeated.
  --signed-url-lifetime T  How long requests to signed URLs may begin. Default: 1m.
  --seed TEXT              Makes ids and likely faults the same at every start.
  --s3-endpoint URL        S3 server to use in place of the embedded one; keys from the environment.
  --api ID=URL             Where the API of this id in API Gateway answers. May be repeated.
  --require-bucket-policy  Fails S3 data access, too, on buckets whose policy does not leave it to access points.
  --require-finalized-revision  Refuses data grants of data sets without a finalized revision.
  --marketplace            Counts every data set as part of a product of AWS Marketplace, for notifications.
  --quiet                  No access log.
  --help                   This text.

Prints "ready URL" when it serves; the access log goes to standard error. Ends on SIGINT and SIGTERM.
Point clients at it with AWS_ENDPOINT_URL=URL, with any credentials; docs/emulator.md says the rest.
`;

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;

export async function emulator(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: text,
      host: text,
      account: text,
      credentials: text,
      "job-duration": texts,
      quota: texts,
      limit: texts,
      "requests-per-second": texts,
      "signed-url-lifetime": text,
      seed: text,
      "s3-endpoint": text,
      api: texts,
      "require-bucket-policy": flag,
      "require-finalized-revision": flag,
      marketplace: flag,
      quiet: flag,
      help: flag,
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const options: LocalDataExchangeOptions = {
    port: wholeNumber(values.port ?? "0", "--port"),
    host: values.host,
    accountId: values.account,
    credentials: values.credentials === undefined ? undefined : await readCredentials(values.credentials),
    jobDuration: perName(values["job-duration"], (duration) => duration),
    quotas: numbers(values.quota, "--quota"),
    limits: numbers(values.limit, "--limit"),
    requestsPerSecond: perName(values["requests-per-second"], Number),
    signedUrlLifetime: values["signed-url-lifetime"],
    seed: values.seed,
    s3Endpoint: values["s3-endpoint"],
    apis: byName(values.api, "--api", (_id, url) => url),
    requireBucketPolicy: values["require-bucket-policy"],
    requireFinalizedRevision: values["require-finalized-revision"],
    marketplace: values.marketplace,
    onRequest: values.quiet ? undefined : log,
  };
  const local = await LocalDataExchange.start(options);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void local.stop());
  onceOrphaned(() => void local.stop());
  process.stdout.write(`ready ${local.endpoint}\n`);
}

/** npm and npx end on a signal without handing it on, so what they started has to notice by itself. */
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

function split(given: string, option: string): [name: string, value: string] {
  const at = given.indexOf("=");
  if (at < 1) throw new TypeError(`${option} needs NAME=VALUE, not "${given}".`);
  return [given.slice(0, at), given.slice(at + 1)];
}

/** Values by name; one without a name is for all that are not named. */
function perName<T>(
  given: readonly string[] | undefined,
  read: (value: string) => T,
): Record<string, T> | undefined {
  const named = given?.map((one) => (one.includes("=") ? one : `default=${one}`));
  return byName(named, "", (_name, value) => read(value));
}

function numbers(given: readonly string[] | undefined, option: string): Record<string, number> | undefined {
  return byName(given, option, (name, value) => wholeNumber(value, `${option} ${name}`));
}

function byName<T>(
  given: readonly string[] | undefined,
  option: string,
  read: (name: string, value: string) => T,
): Record<string, T> | undefined {
  const pairs = given?.map((one) => split(one, option));
  return pairs && Object.fromEntries(pairs.map(([name, value]) => [name, read(name, value)]));
}

function wholeNumber(value: string, option: string): number {
  if (!/^\d+$/.test(value)) throw new TypeError(`${option} needs a whole number, not "${value}".`);
  return Number(value);
}

/** A request may name anything in its path; what a terminal would obey is left out. */
function log({ operation, status, ms }: AccessEntry): void {
  const shown = operation.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
  process.stderr.write(`${new Date().toISOString()} ${shown} ${status ?? "reset"} ${ms} ms\n`);
}
