/** The steps of the demo with the native plugin, the same in every language. Each begins where the one before it ended. */
import { lateFiles } from "./sample-files";
import type { Stage } from "./stage";
import { expectEqual, sourceBucket } from "./stage";
import type { Step } from "./step";
import { allJobs, listCalls } from "./step";

const [lateKey = ""] = Object.keys(lateFiles);

/** The only call of a run that has nothing to do. */
const lookup = { ListDataSets: 1 };

export const pluginSteps = (program: string): readonly Step[] => [
  {
    title: "A preview",
    about:
      `The program is ${program}. It finds a data set by its name and declares one job, which imports one object. A ` +
      "preview looks the data set up and checks the inputs of the job.",
    async run(stage) {
      const { changes, calls } = await stage.run("preview", { changes: { create: 2 } });
      expectEqual("The calls of a preview", calls, lookup);
      return `${changes.create} to create: the stack itself and the job. The only call was ${listCalls(calls)}.`;
    },
  },
  {
    title: "The first up imports the file",
    about:
      "Creating the resource creates a job, starts it and waits for its end. Then it finds the asset that the job created.",
    async run(stage) {
      const { calls } = await stage.run("up", { changes: { create: 2 } });
      const job = await expectJob(stage, "COMPLETED", ["2026/prices.csv"]);
      const { CreateJob, StartJob } = calls;
      expectEqual("The calls that start jobs", { CreateJob, StartJob }, { CreateJob: 1, StartJob: 1 });
      return `Job ${job.id} is ${job.state} and created the asset ${job.assets[0]}. Calls: ${listCalls(calls)}.`;
    },
  },
  {
    title: "The second up has nothing to do",
    about: "The job has run and its inputs are the same, so it does not run again.",
    async run(stage) {
      const { changes, calls } = await stage.run("up", { changes: { same: 2 } });
      expectEqual("The calls of an up without changes", calls, lookup);
      return `${changes.same} unchanged. The only call was ${listCalls(calls)}.`;
    },
  },
  {
    title: "Preview of another file",
    about:
      "A job cannot be changed. The preview shows that a new job would replace it, and which property is the cause.",
    async run(stage) {
      await stage.configure({ key: "2026/dividends.csv" });
      const { calls } = await stage.run("preview", { changes: { replace: 1, same: 1 } }, { diff: true });
      expectEqual("The calls of a preview", calls, lookup);
      return `One replacement, because another key is in the list. The only call was ${listCalls(calls)}.`;
    },
  },
  {
    title: "The other file is imported by a new job",
    about:
      "The program sets the option to delete assets, so the asset of the old job is deleted with that job.",
    async run(stage) {
      const before = await stage.job();
      const { calls } = await stage.run("up", { changes: { replace: 1, same: 1 } });
      const job = await expectJob(stage, "COMPLETED", ["2026/dividends.csv"]);
      expectEqual("Whether the job is new", job.id !== before.id, true);
      expectEqual("The deleted assets", calls.DeleteAsset, 1);
      return `Job ${job.id} is ${job.state} and created the asset ${job.assets[0]}. Calls: ${listCalls(calls)}.`;
    },
  },
  {
    title: "A job that fails",
    about: "The next key names an object that does not exist yet. Only the job itself detects that.",
    async run(stage) {
      await stage.configure({ key: lateKey });
      await stage.run("up", { changes: { same: 1 }, fails: true });
      const job = await expectJob(stage, "ERROR", []);
      return `The error names the object. The stack's state has job ${job.id} in ${job.state}.`;
    },
  },
  {
    title: "The object arrives, and the next up runs the job again",
    about:
      "Neither the program nor its config has changed, but the job in state has failed. So a new job replaces it.",
    async run(stage) {
      stage.screen.command(`aws s3 cp splits.csv s3://${sourceBucket}/${lateKey}`);
      for (const [key, content] of Object.entries(lateFiles))
        await stage.service.putObject(sourceBucket, key, content);
      const run = await stage.run("up", { changes: { replace: 1, same: 1 } });
      expectEqual("The reason of the replacement", run.replacedFor, { prices: ["state"] });
      await expectJob(stage, "COMPLETED", [lateKey]);
      return `The import ran again because of its state. Calls: ${listCalls(run.calls)}.`;
    },
  },
  {
    title: "The stack is destroyed",
    about: "The asset is deleted with its job. The data set, the revision and the bucket remain.",
    async run(stage) {
      const { changes, calls } = await stage.run("destroy", { changes: { delete: 2 } });
      expectEqual("The deleted assets", calls.DeleteAsset, 1);
      return `${changes.delete} deleted. Calls: ${listCalls(calls)}.`;
    },
  },
  allJobs,
];

async function expectJob(stage: Stage, state: string, assets: string[]): ReturnType<Stage["job"]> {
  const job = await stage.job();
  expectEqual("The state of the job", job.state, state);
  expectEqual("Its assets", job.assets, assets);
  return job;
}
