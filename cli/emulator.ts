#!/usr/bin/env node
/** The local Data Exchange as a command: serves until it is told to end. */
import { parseArgs } from "node:util";
import { LocalDataExchange } from "./local-data-exchange";
import type { LocalDataExchangeOptions } from "./options";
import type { AccessEntry } from "./server/server";

const help = `A local AWS Data Exchange with an S3 server, both at one address.

Usage: npm run emulator -- [options]

  --port N            Port to listen on; 0, the default, takes a free one.
  --host ADDRESS      Address to listen on; the loopback by default. Nothing protects what others can reach.
  --job-duration T    Least time that a started job is in progress: milliseconds, or 30s, 2m. Default: 50ms.
  --quota TYPE=N      Jobs of a type in progress at once, instead of the service's quota. May be repeated.
  --s3-endpoint URL   S3 server to use in place of the embedded one.
  --quiet             No access log.
  --help              This text.

Prints "ready URL" when it serves; the access log goes to standard error. Ends on SIGINT and SIGTERM.
Point clients at it with AWS_ENDPOINT_URL_DATAEXCHANGE and AWS_ENDPOINT_URL_S3, with any credentials.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    // A package manager may hand on the "--" that parts its own options from those of the command.
    args: process.argv.slice(2).filter((argument) => argument !== "--"),
    options: {
      port: { type: "string", default: "0" },
      host: { type: "string" },
      "job-duration": { type: "string" },
      quota: { type: "string", multiple: true, default: [] },
      "s3-endpoint": { type: "string" },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const options: LocalDataExchangeOptions = {
    port: wholeNumber(values.port, "--port"),
    host: values.host,
    jobDuration: values["job-duration"],
    quotas: Object.fromEntries(values.quota.map(quota)),
    s3Endpoint: values["s3-endpoint"],
    onRequest: values.quiet ? undefined : log,
  };
  const local = await LocalDataExchange.start(options);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void local.stop());
  process.stdout.write(`ready ${local.endpoint}\n`);
}

function quota(text: string): [type: string, value: number] {
  const [type = "", value = ""] = text.split("=");
  return [type, wholeNumber(value, `--quota ${type}`)];
}

function wholeNumber(text: string, option: string): number {
  if (!/^\d+$/.test(text)) throw new TypeError(`${option} needs a whole number, not "${text}".`);
  return Number(text);
}

function log({ operation, status, ms }: AccessEntry): void {
  process.stderr.write(`${new Date().toISOString()} ${operation} ${status ?? "reset"} ${ms} ms\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
