/** `npm run demo`: the life of a stack with two jobs, told on the terminal and checked on the way. */
import { devNull } from "node:os";

import { chapters } from "./chapters";
import { Screen } from "./terminal";
import { Stage } from "./stage";

const screen = new Screen();
const interruption = new AbortController();

async function demo(): Promise<void> {
  const started = Date.now();
  screen.title("AWS Data Exchange jobs as declarative Pulumi resources");
  screen.say(
    "The life of a stack on Pulumi's real engine, with a Data Exchange on this machine: no AWS account, about a " +
      "minute. What stands behind a bar is the engine's own output, a little shortened; what has a tick was checked.",
  );
  const toClose: (() => Promise<void>)[] = [];
  try {
    await play((close) => toClose.unshift(close));
  } finally {
    for (const close of toClose) await close();
  }
  screen.say(`\nThe end, after ${Math.round((Date.now() - started) / 1000)} s. Nothing is left behind.`);
}

async function play(opened: (close: () => Promise<void>) => void): Promise<void> {
  screen.heading("The stage");
  const stage = await Stage.open(screen, opened);
  for (const [index, chapter] of chapters.entries()) {
    interruption.signal.throwIfAborted();
    screen.heading(`${index + 1}/${chapters.length}  ${chapter.title}`);
    screen.say(chapter.about);
    screen.notice(await chapter.play(stage));
  }
}

/** Nothing of the user's own AWS settings has a say here. */
function forgetAws(): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("AWS_")) delete process.env[name];
  }
  process.env.AWS_CONFIG_FILE = process.env.AWS_SHARED_CREDENTIALS_FILE = devNull;
}

forgetAws();
// The engine, which gets a Ctrl-C as well, ends first; then everything is cleaned up. That the reader of a pipe has
// gone is no reason to leave anything behind either.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interruption.abort());
process.stdout.on("error", () => interruption.abort());

demo().catch((error: Error) => {
  const { aborted } = interruption.signal;
  screen.failure(aborted ? "Interrupted. Nothing is left behind." : `The demo failed: ${error.message}`);
  process.exitCode = aborted ? 130 : 1;
});
