/** A process that fuzzes batch by batch, as it is told by the process that has started it. */
import { on } from "node:events";

import type { Batch } from "./batch";
import { runBatches } from "./batch";

async function* told(): AsyncIterable<Batch> {
  process.send!("ready");
  for await (const [message] of on(process, "message")) {
    if (message === "end") return;
    yield message as Batch;
  }
}

const oneIn = Number(process.argv[2]);
runBatches(told(), oneIn, (result) => process.send!(result))
  .then(() => process.disconnect())
  .catch((error: Error) => {
    console.error(error.stack);
    process.exit(1);
  });
