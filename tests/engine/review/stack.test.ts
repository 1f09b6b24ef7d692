/** What a review says of a whole stack, of previews that the real engine has written. */
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { ComponentResource } from "@pulumi/pulumi";
import { expect } from "chai";

import { Job } from "../../../index";
import { findJob, previewAsJson, reviewPreview } from "../../harness/review-result";
import { importArgs } from "../../harness/programs";
import { expectSuccess, useStack } from "../../harness/stack";

const nothing: PulumiFn = () => Promise.resolve();

describe("a review of a stack", function () {
  this.timeout("10m");
  const shared = useStack();
  const at = { dataSetId: "0".repeat(32), revisionId: "1".repeat(32) };

  const many = (number: number) => () => {
    for (let index = 0; index < number; index++) new Job(`import-${index}`, importArgs(at, [`${index}.csv`]));
    return Promise.resolve();
  };

  it("without jobs says so, with and without the resources that stay", async () => {
    const { stack } = shared;
    const isCalm = async (sames: boolean) => {
      const told = reviewPreview(await previewAsJson(stack, nothing, { sames }));
      expect(told.headline).to.equal("no Data Exchange jobs are affected");
      expect(told.jobs.concat(told.changed as never)).to.deep.equal([]);
    };
    await isCalm(true);
    expectSuccess(await stack.up(nothing));
    for (const sames of [true, false]) await isCalm(sames);
  });

  it("says in how many waves jobs run beyond the quota where it is raised", async () => {
    const { stack } = shared;
    const key = "dataexchange:concurrentJobs";
    await stack.stack.setConfig(key, { value: JSON.stringify({ IMPORT_ASSETS_FROM_S3: 20 }) });
    const raised = reviewPreview(await previewAsJson(stack, many(25)));
    await stack.stack.removeConfig(key);
    expect(raised.queues.map(({ waves }) => waves)).to.deep.equal([2]);
  });

  it("with errors tells them and that it may not be whole", async () => {
    const { stack } = shared;
    const told = reviewPreview(
      await previewAsJson(stack, () => {
        new Job("good", importArgs(at, ["a.csv"]));
        new Job("bad", importArgs({ ...at, dataSetId: "too-short" }, [""]));
        return Promise.resolve();
      }),
    );
    expect(told.headline).to.match(/^the preview failed/);
    const messages = told.errors.map(({ resource, message }) => `${resource}: ${message}`).join("\n");
    expect(messages)
      .to.contain("bad: ")
      .and.contain("details.importAssetsFromS3.dataSetId")
      .and.contain("details.importAssetsFromS3.assetSources[0].key");
    expect(told.markdown).to.contain("**The preview failed**, so jobs may be missing here.");
    const thrown = reviewPreview(await previewAsJson(stack, () => Promise.reject(new Error("nothing goes"))));
    expect(thrown.headline).to.equal("the preview failed before it came to a job");
    expect(JSON.stringify(thrown.errors)).to.contain("nothing goes");
  });

  it("with 1,000 jobs takes less than two seconds, and says in how many waves they run", async () => {
    const json = await previewAsJson(shared.stack, many(1000));
    const before = process.cpuUsage();
    const told = reviewPreview(json);
    const { user, system } = process.cpuUsage(before);
    const milliseconds = Math.round((user + system) / 1000);
    console.log(`      1,000 jobs of the engine: ${milliseconds} ms of CPU`);
    expect(told.headline).to.equal("1,000 new jobs will run");
    expect(told.queues.map(({ text }) => text)).to.deep.equal([
      "1,000 jobs of type IMPORT_ASSETS_FROM_S3: 10 may be in progress at once, so they run in 100 waves",
    ]);
    expect(milliseconds).to.be.below(2000);
  });

  it("names the component that declares a job", async () => {
    class Feed extends ComponentResource {
      constructor(name: string) {
        super("market:index:Feed", name);
      }
    }
    const told = reviewPreview(
      await previewAsJson(shared.stack, () => {
        new Job("prices", importArgs(at, ["a.csv"]), { parent: new Feed("europe") });
        return Promise.resolve();
      }),
    );
    expect(findJob(told, "prices").component).to.include({ type: "market:index:Feed", name: "europe" });
    expect(told.markdown).to.contain("- **`prices`** of `europe` (`market:index:Feed`) imports 1 object of");
    expect(told.text).to.contain("prices of europe (market:index:Feed) imports 1 object of");
    expect(told.otherResources).to.deep.equal({ create: 1 });
  });
});
