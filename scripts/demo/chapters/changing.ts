/** What the job is to do changes, and a second job does something with the first one's assets. */
import { countCalls, listCalls } from "../calls";
import { compareBuckets } from "../compare-buckets";
import { expectEqual } from "../expect";
import { copyBucket } from "../stage";
import type { Chapter } from "./chapter";

const allKeys = ["2026/dividends.csv", "2026/instruments.json", "2026/prices.csv"];

export const previewOfChange: Chapter = {
  title: "A third file: what would happen",
  about: "A job cannot be changed. The preview says that a new one would take its place, and why.",
  async play(stage) {
    await stage.configure({ "keys[2]": "2026/dividends.csv" });
    const run = await stage.run("preview", { changes: { replace: 1, same: 1 } }, { diff: true });
    expectEqual("The reason of the replacement", run.replacedFor, { prices: ["details"] });
    expectEqual("The calls of a preview", countCalls(run.requests), {});
    return "To replace, because `details` has one more source. The service got no call.";
  },
};

export const changed: Chapter = {
  title: "A third file: the new job",
  about:
    "The program says `onDelete: deleteAssets` and `deleteBeforeReplace`: the assets of the old job go first, so that " +
    "the revision never holds a file twice.",
  async play(stage) {
    const before = await stage.stack.job("prices");
    const { requests } = await stage.run("up", { changes: { replace: 1, same: 1 } });
    const job = await stage.stack.job("prices");
    expectEqual("The new job's assets", job.assets, allKeys);
    expectEqual("Whether the job is a new one", job.id !== before.id, true);
    expectEqual("The deleted assets", countCalls(requests).DeleteAsset, before.assets.length);
    return `Job ${job.id} is ${job.state} and made ${job.assets.length} assets. Calls: ${listCalls(requests)}.`;
  },
};

export const exported: Chapter = {
  title: "An export to a second bucket",
  about:
    "With `exportBucket` set, the program declares a second job, which exports the revision. It depends on the import, " +
    "and the import's assets are its trigger.",
  async play(stage) {
    await stage.configure({ exportBucket: copyBucket });
    const { changes } = await stage.run("up", { changes: { create: 1, same: 2 } });
    const count = await compareBuckets(stage, allKeys);
    return (
      `${count} objects went into the service and came out of it the same, to the last byte. ` +
      `${changes.create} created, ${changes.same} unchanged: the import did not run again.`
    );
  },
};
