/** `npm run demo`: shows and checks the life of a stack, whose program is in one of several languages. */
import { devNull } from "node:os";

import { parseCommand } from "../../scripts/parse-command";
import type { Demo } from "./demos";
import { demos } from "./demos";
import { Stage } from "./stage";
import { Screen } from "./terminal";

const help = `npm run demo -- [LANGUAGE]

Shows the life of a job on Pulumi's engine with a local Data Exchange. The language is typescript (the default), python or
yaml.
`;

const screen = new Screen();
const interruption = new AbortController();

async function show({ prepare, steps, next }: Demo): Promise<void> {
  const started = Date.now();
  screen.title("AWS Data Exchange jobs as declarative Pulumi resources");
  screen.say(
    "The life of a stack on Pulumi's engine with a local Data Exchange. It takes about a minute and needs no AWS account. " +
      "Lines with a bar are the engine's output, shortened. Lines with a tick are checked results.",
  );
  const toClose: (() => Promise<void>)[] = [];
  try {
    screen.heading("Setup");
    const stage = await Stage.open(screen, prepare, (close) => toClose.unshift(close));
    for (const [index, step] of steps.entries()) {
      interruption.signal.throwIfAborted();
      screen.heading(`${index + 1}/${steps.length}  ${step.title}`);
      screen.say(step.about);
      screen.notice(await step.run(stage));
    }
  } finally {
    for (const close of toClose) await close();
  }
  screen.say(
    `\nDone after ${Math.round((Date.now() - started) / 1000)} s. Everything was removed.${next ?? ""}`,
  );
}

/** The demo ignores the user's AWS settings. */
function clearAwsSettings(): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("AWS_")) delete process.env[name];
  }
  process.env.AWS_CONFIG_FILE = process.env.AWS_SHARED_CREDENTIALS_FILE = devNull;
}

clearAwsSettings();
// Ctrl-C also reaches the engine, which ends first; then everything is removed. The same happens if the reader of a pipe
// has ended.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interruption.abort());
process.stdout.on("error", () => interruption.abort());

const command = parseCommand(help, demos, {});
const [first] = demos;
const demo = command && (demos.find(({ name }) => command.names.includes(name)) ?? first!);
if (demo)
  show(demo).catch((error: Error) => {
    const { aborted } = interruption.signal;
    screen.failure(aborted ? "Interrupted. Everything was removed." : `The demo failed: ${error.message}`);
    process.exitCode = aborted ? 130 : 1;
  });
