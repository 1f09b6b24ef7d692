/** The steps of the demo in TypeScript, in order. Each begins where the one before it ended. */
import { lateFiles, readObjects } from "./sample-files";
import type { Stage } from "./stage";
import { copyBucket, expectEqual, sourceBucket } from "./stage";
import type { Step } from "./step";
import { allJobs, listCalls } from "./step";

const keys = ["2026/dividends.csv", "2026/instruments.json", "2026/prices.csv"];
const [lateKey = ""] = Object.keys(lateFiles);

export const typescriptSteps: readonly Step[] = [
  {
    title: "A preview",
    about:
      "The project is the Pulumi.yaml of this repository; its program is examples/quickstart. It declares one job, which " +
      "imports two objects. A preview checks the inputs and does not call the service.",
    async run(stage) {
      const { changes, calls } = await stage.run("preview", { changes: { create: 2 } });
      expectEqual("The calls of a preview", calls, {});
      return `${changes.create} to create: the stack itself and the job. The service received no call.`;
    },
  },
  {
    title: "The first up imports the files",
    about:
      "Creating the resource creates a job, starts it and waits for its end. Then it finds the assets that the job created, " +
      "because no operation of the service reports them.",
    async run(stage) {
      const { calls } = await stage.run("up", { changes: { create: 2 } });
      const job = await stage.job();
      expectEqual("The state of the job", job.state, "COMPLETED");
      expectEqual("Its assets", job.assets, ["2026/instruments.json", "2026/prices.csv"]);
      const { CreateJob, StartJob } = calls;
      expectEqual(
        "The calls that create and start jobs",
        { CreateJob, StartJob },
        { CreateJob: 1, StartJob: 1 },
      );
      return `Job ${job.id} is ${job.state} and created ${job.assets.length} assets. Calls: ${listCalls(calls)}.`;
    },
  },
  {
    title: "The second up has nothing to do",
    about: "The job has run and its inputs are the same, so it does not run again.",
    async run(stage) {
      const { changes, calls } = await stage.run("up", { changes: { same: 2 } });
      expectEqual("The calls of an up without changes", calls, {});
      return `${changes.same} unchanged. The service received no call.`;
    },
  },
  {
    title: "Another order is not a change",
    about: "The objects to import are a set. The two keys are swapped.",
    async run(stage) {
      await stage.configure({ "keys[0]": "2026/instruments.json", "keys[1]": "2026/prices.csv" });
      const { changes, calls } = await stage.run("up", { changes: { same: 2 } });
      expectEqual("The calls of an up with another order", calls, {});
      return `${changes.same} unchanged. The service received no call.`;
    },
  },
  {
    title: "Preview of a third file",
    about: "A job cannot be changed. The preview shows that a new job would replace it, and why.",
    async run(stage) {
      await stage.configure({ "keys[2]": "2026/dividends.csv" });
      const run = await stage.run("preview", { changes: { replace: 1, same: 1 } }, { diff: true });
      expectEqual("The reason of the replacement", run.replacedFor, { prices: ["details"] });
      expectEqual("The calls of a preview", run.calls, {});
      return "One replacement, because `details` has one more source. The service received no call.";
    },
  },
  {
    title: "The third file is imported by a new job",
    about:
      "The program sets `onDelete: deleteAssets` and `deleteBeforeReplace`: the assets of the old job are deleted first, " +
      "so the revision never has a file twice.",
    async run(stage) {
      const before = await stage.job();
      const { calls } = await stage.run("up", { changes: { replace: 1, same: 1 } });
      const job = await stage.job();
      expectEqual("The new job's assets", job.assets, keys);
      expectEqual("Whether the job is new", job.id !== before.id, true);
      expectEqual("The deleted assets", calls.DeleteAsset, before.assets.length);
      return `Job ${job.id} is ${job.state} and created ${job.assets.length} assets. Calls: ${listCalls(calls)}.`;
    },
  },
  {
    title: "An export to a second bucket",
    about:
      "With `exportBucket` set, the program declares a second job, which exports the revision. The assets of the import " +
      "are its trigger.",
    async run(stage) {
      await stage.configure({ exportBucket: copyBucket });
      const { changes } = await stage.run("up", { changes: { create: 1, same: 2 } });
      const count = await compareBuckets(stage, keys);
      return (
        `${count} objects were imported and exported without a changed byte. ` +
        `${changes.create} created, ${changes.same} unchanged: the import did not run again.`
      );
    },
  },
  {
    title: "A job that fails",
    about:
      "A fourth key is configured, but that object does not exist yet. Only the job itself detects that.",
    async run(stage) {
      await stage.configure({ "keys[3]": lateKey });
      await stage.run("up", { changes: { replace: 1, same: 1 }, fails: true });
      const job = await stage.job();
      expectEqual("The state of the job", job.state, "ERROR");
      return (
        `The error names the object. The stack's state has job ${job.id} in ${job.state}, with the ` +
        `${job.assets.length} assets that it created before it failed. The export, which needs the import, did not run.`
      );
    },
  },
  {
    title: "The object arrives, and the next up runs the job again",
    about:
      "Neither the program nor its config has changed, but the job in state has failed. So a new job replaces it. The " +
      "assets of the failed job are deleted first.",
    async run(stage) {
      stage.screen.command(`aws s3 cp splits.csv s3://${sourceBucket}/${lateKey}`);
      for (const [key, content] of Object.entries(lateFiles))
        await stage.service.putObject(sourceBucket, key, content);
      const run = await stage.run("up", { changes: { replace: 2, same: 1 } });
      expectEqual("The reasons of the replacements", run.replacedFor, {
        prices: ["state"],
        "prices-export": ["triggers"],
      });
      const job = await stage.job();
      expectEqual("The state of the job", job.state, "COMPLETED");
      const count = await compareBuckets(stage, job.assets);
      return (
        "The import ran again because of its state, the export because of its trigger; " +
        `${count} equal objects. Calls: ${listCalls(run.calls)}.`
      );
    },
  },
  {
    title: "Ninety-one days later",
    about:
      "The service deletes a job 90 days after its creation. The clock of the local service is advanced, and the stack is " +
      "refreshed. The jobs stay in state and do not run again, because their results still exist.",
    async run(stage) {
      stage.service.local.clock.advance("91d");
      const before = stage.service.local.requests.length;
      await stage.run("refresh", { changes: { same: 3 } });
      const requests = stage.service.local.requests.slice(before);
      const responses = requests.map(({ operation, status }) => `${operation} ${status}`);
      expectEqual("The responses to the refresh", responses, ["GetJob 404", "GetJob 404"]);
      const { changes, calls } = await stage.run("up", { changes: { same: 3 } });
      expectEqual("The calls of the up after it", calls, {});
      return `The service has deleted ${responses.length} jobs (GetJob: 404); ${changes.same} resources unchanged.`;
    },
  },
  {
    title: "The stack is destroyed",
    about: "`onDelete: deleteAssets` deletes the assets with the import. The exported objects stay.",
    async run(stage) {
      const { assets } = await stage.job();
      const { changes, calls } = await stage.run("destroy", { changes: { delete: 3 } });
      expectEqual("The deleted assets", calls.DeleteAsset, assets.length);
      return `${changes.delete} deleted. Calls: ${listCalls(calls)}.`;
    },
  },
  allJobs,
];

/** The table shows only the first digits of a hash; the check compares all. */
const shownDigits = 16;

/** Shows sources and copies side by side, checks that they are equal, and returns their number. */
async function compareBuckets({ service, screen }: Stage, keys: string[]): Promise<number> {
  const sources = await readObjects(service, sourceBucket);
  const copies = await readObjects(service, copyBucket);
  const copyOf = (key: string) => copies.find((copy) => copy.key === key);
  screen.table(
    ["key", "bytes", `SHA-256 in ${sourceBucket}`, `SHA-256 in ${copyBucket}`, ""],
    sources.map(({ key, size, sha256 }) => [
      key,
      size,
      `${sha256.slice(0, shownDigits)}…`,
      `${copyOf(key)?.sha256.slice(0, shownDigits) ?? "none"}…`,
      copyOf(key)?.sha256 === sha256 ? "equal" : "different",
    ]),
  );
  expectEqual("The keys of the copies", copies.map(({ key }) => key).sort(), keys);
  expectEqual("The copies", copies, sources);
  return copies.length;
}
