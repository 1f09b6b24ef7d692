/** What time does to jobs, and what a stack leaves behind. */
import { countCalls, listCalls } from "../calls";
import { expectEqual } from "../expect";
import type { Chapter } from "./chapter";

export const forgotten: Chapter = {
  title: "Ninety-one days later",
  about:
    "The service forgets a job 90 days after it was made. The local service's clock is put forward, and the stack is " +
    "refreshed: what the jobs did still stands, so they must neither vanish nor run again.",
  async play(stage) {
    stage.service.local.clock.advance("91d");
    const refresh = await stage.run("refresh", { changes: { same: 3 } });
    const answers = refresh.requests.map(({ operation, status }) => `${operation} ${status}`);
    expectEqual("The answers to the refresh", answers, ["GetJob 404", "GetJob 404"]);
    const { changes, requests } = await stage.run("up", { changes: { same: 3 } });
    expectEqual("The calls of the up after it", countCalls(requests), {});
    return `The service answered ${answers.length} times that it knows no such job; ${changes.same} unchanged all the same.`;
  },
};

export const destroyed: Chapter = {
  title: "The end of the stack",
  about: "By `onDelete: deleteAssets` the assets go with the import. The exported objects stay.",
  async play(stage) {
    const { assets } = await stage.stack.job("prices");
    const { changes, requests } = await stage.run("destroy", { changes: { delete: 3 } });
    expectEqual("The deleted assets", countCalls(requests).DeleteAsset, assets.length);
    return `${changes.delete} deleted. Calls: ${listCalls(requests)}.`;
  },
};
