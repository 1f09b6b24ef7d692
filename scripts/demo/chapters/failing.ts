/** A job that fails, and how the stack recovers. */
import { listCalls } from "../calls";
import { compareBuckets } from "../compare-buckets";
import { expectEqual } from "../expect";
import { lateFiles } from "../sample-files";
import { sourceBucket } from "../stage";
import type { Chapter } from "./chapter";

const [lateKey = ""] = Object.keys(lateFiles);

export const failed: Chapter = {
  title: "A job that fails",
  about:
    "A fourth key is configured, but there is no such object yet, which nothing but the job itself can find out.",
  async play(stage) {
    await stage.configure({ "keys[3]": lateKey });
    await stage.run("up", { changes: { replace: 1, same: 1 }, fails: true });
    const job = await stage.stack.job("prices");
    expectEqual("The state of the job", job.state, "ERROR");
    return (
      `The error names the object. The stack keeps job ${job.id} as what it is, ${job.state}, along with the ` +
      `${job.assets.length} assets that it made all the same. The export, which needs the import, did not run.`
    );
  },
};

export const retried: Chapter = {
  title: "The object arrives, and the next up runs the job again",
  about:
    "Neither the program nor its config has changed. But the job in state has failed, so a new one takes its place; " +
    "what the failed one left in the revision goes first.",
  async play(stage) {
    stage.screen.command(`aws s3 cp splits.csv s3://${sourceBucket}/${lateKey}`);
    await stage.service.put(sourceBucket, lateFiles);
    const run = await stage.run("up", { changes: { replace: 2, same: 1 } });
    expectEqual("The reasons of the replacements", run.replacedFor, {
      prices: ["state"],
      "prices-export": ["triggers"],
    });
    const job = await stage.stack.job("prices");
    expectEqual("The state of the job", job.state, "COMPLETED");
    const count = await compareBuckets(stage, job.assets);
    return (
      "The import ran again because of its state, the export because of its trigger; " +
      `${count} equal objects. Calls: ${listCalls(run.requests)}.`
    );
  },
};
