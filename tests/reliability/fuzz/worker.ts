/** A process that runs the batches that its parent sends. */
import { on } from "node:events";

import type { Batch } from "./batch";
import { runBatches } from "./batch";

async function* receiveBatches(): AsyncIterable<Batch> {
  process.send!("ready");
  for await (const [message] of on(process, "message")) {
    if (message === "end") return;
    yield message as Batch;
  }
}

const sampleInterval = Number(process.argv[2]);
runBatches(receiveBatches(), sampleInterval, (result) => process.send!(result))
  .then(() => process.disconnect())
  .catch((error: Error) => {
    console.error(error.stack);
    process.exit(1);
  });
