#!/usr/bin/env node
/** The package's command: a name of a subcommand, then what that one takes. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

type Command = (args: readonly string[]) => Promise<void>;

/** Each is loaded when it is meant: a review need not wait for a server. */
const commands: Readonly<Record<string, Command>> = {
  emulator: async (args) => (await import("./emulator.js")).emulator(args),
  review: async (args) => (await import("./review.js")).review(args),
};

const help = `Usage: pulumi-dataexchange COMMAND [options]

  emulator   Serves a local AWS Data Exchange with an S3 server.
  review     Says what a pulumi preview means for the jobs in it: which run, why, and what to look out for.

Each command tells more with --help. --version prints the version of the package.
`;

async function main(): Promise<void> {
  // A package manager may hand on the "--" that parts its own options from those of the command.
  const [name, ...args] = process.argv.slice(2).filter((argument) => argument !== "--");
  if (name === "--version") {
    process.stdout.write(`${await version()}\n`);
    return;
  }
  if (name === undefined || name === "--help" || name === "help") {
    process.stdout.write(help);
    return;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command)
    throw new TypeError(`There is no command ${name}; there is ${Object.keys(commands).join(", ")}.`);
  await command(args);
}

async function version(): Promise<string> {
  const manifest = await readFile(join(__dirname, "../../package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Whoever reads may have seen enough, as `head` has; that is no failure. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
