/** `npm run demo`: shows and checks the life of a stack with two jobs. */
import { devNull } from "node:os";

import { Stage } from "./stage";
import { steps } from "./steps";
import { Screen } from "./terminal";

const screen = new Screen();
const interruption = new AbortController();

async function demo(): Promise<void> {
  const started = Date.now();
  screen.title("AWS Data Exchange jobs as declarative Pulumi resources");
  screen.say(
    "The life of a stack on Pulumi's engine with a local Data Exchange. It takes about a minute and needs no AWS account. " +
      "Lines with a bar are the engine's output, shortened. Lines with a tick are checked results.",
  );
  const toClose: (() => Promise<void>)[] = [];
  try {
    await runSteps((close) => toClose.unshift(close));
  } finally {
    for (const close of toClose) await close();
  }
  screen.say(`\nDone after ${Math.round((Date.now() - started) / 1000)} s. Everything was removed.`);
}

async function runSteps(defer: (close: () => Promise<void>) => void): Promise<void> {
  screen.heading("Setup");
  const stage = await Stage.open(screen, defer);
  for (const [index, step] of steps.entries()) {
    interruption.signal.throwIfAborted();
    screen.heading(`${index + 1}/${steps.length}  ${step.title}`);
    screen.say(step.about);
    screen.notice(await step.run(stage));
  }
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

demo().catch((error: Error) => {
  const { aborted } = interruption.signal;
  screen.failure(aborted ? "Interrupted. Everything was removed." : `The demo failed: ${error.message}`);
  process.exitCode = aborted ? 130 : 1;
});
