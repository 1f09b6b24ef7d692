/** From nothing to a job that has run, and on to runs that leave it alone. */
import { countCalls, listCalls } from "../calls";
import { expectEqual } from "../expect";
import type { Chapter } from "./chapter";

export const preview: Chapter = {
  title: "A preview",
  about:
    "The project is the Pulumi.yaml of this repository, its program examples/quickstart. It declares one job, which " +
    "imports the two objects. A preview checks the inputs and asks the service nothing.",
  async play(stage) {
    const { changes, requests } = await stage.run("preview", { changes: { create: 2 } });
    expectEqual("The calls of a preview", countCalls(requests), {});
    return `${changes.create} to create: the stack itself and the job. The service got no call.`;
  },
};

export const firstUp: Chapter = {
  title: "The first up imports the files",
  about:
    "Creating the resource creates a job, starts it, waits until it has ended, and finds out which assets it made, " +
    "which the service itself tells nobody.",
  async play(stage) {
    const { requests } = await stage.run("up", { changes: { create: 2 } });
    const job = await stage.stack.job("prices");
    expectEqual("The state of the job", job.state, "COMPLETED");
    expectEqual("Its assets", job.assets, ["2026/instruments.json", "2026/prices.csv"]);
    const { CreateJob, StartJob } = countCalls(requests);
    expectEqual("The calls that make and start jobs", { CreateJob, StartJob }, { CreateJob: 1, StartJob: 1 });
    return `Job ${job.id} is ${job.state} and made ${job.assets.length} assets. Calls: ${listCalls(requests)}.`;
  },
};

export const secondUp: Chapter = {
  title: "The second up has nothing to do",
  about: "The job has run, and what it is to do is the same, so it does not run again.",
  async play(stage) {
    const { changes, requests } = await stage.run("up", { changes: { same: 2 } });
    expectEqual("The calls of an up without changes", countCalls(requests), {});
    return `${changes.same} unchanged. The service got no call.`;
  },
};

export const reordered: Chapter = {
  title: "Another order is no change",
  about: "The objects to import are a set. The two keys change places.",
  async play(stage) {
    await stage.configure({ "keys[0]": "2026/instruments.json", "keys[1]": "2026/prices.csv" });
    const { changes, requests } = await stage.run("up", { changes: { same: 2 } });
    expectEqual("The calls of an up with another order", countCalls(requests), {});
    return `${changes.same} unchanged. The service got no call.`;
  },
};
