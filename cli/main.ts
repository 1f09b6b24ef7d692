#!/usr/bin/env node
/** The package's command, `pulumi-dataexchange`. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { UsageError } from "./options";

type Run = (args: readonly string[]) => Promise<void>;

/** A command is loaded only if it is run, because loading the emulator takes long. */
const commands: Readonly<Record<string, Run>> = {
  emulator: async (args) => (await import("./emulator.js")).runEmulator(args),
  review: async (args) => (await import("./review.js")).runReview(args),
};

const help = `Usage: pulumi-dataexchange COMMAND [options]

  emulator    Runs a local AWS Data Exchange with an S3 server.
  review      Shows which jobs a pulumi preview will run, why, and with which warnings.

  --help      Prints this text. COMMAND --help prints the options of a command.
  --version   Prints the version of the package.
`;

async function main(): Promise<void> {
  // A package manager may pass on the "--" before the options of the command.
  const [name, ...args] = process.argv.slice(2).filter((argument) => argument !== "--");
  if (name === "--version") {
    process.stdout.write(`${await version()}\n`);
    return;
  }
  if (name === undefined || name === "--help" || name === "help") {
    process.stdout.write(help);
    return;
  }
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!run) {
    const [kind, list] = name.startsWith("-")
      ? ["option", "Options: --help, --version"]
      : ["command", `Commands: ${Object.keys(commands).join(", ")}`];
    throw new UsageError(
      `unknown-${kind as "option" | "command"}`,
      `Unknown ${kind} "${name}". ${list}. Run \`pulumi-dataexchange --help\`.`,
    );
  }
  await run(args);
}

async function version(): Promise<string> {
  const manifest = await readFile(join(__dirname, "../../package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** A reader such as `head` may close the pipe early. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
