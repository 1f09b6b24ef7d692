/** Reviews of previews by the real engine, of whole stacks. */
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { ComponentResource } from "@pulumi/pulumi";
import { expect } from "chai";

import { Job } from "../../../index";
import { findJob, previewAsJson, reviewPreview } from "../../harness/review-result";
import { importArgs } from "../../harness/programs";
import { expectSuccess, useStack } from "../../harness/stack";

const nothing: PulumiFn = () => Promise.resolve();

describe("review: a stack", function () {
  this.timeout("10m");
  const shared = useStack();
  const at = { dataSetId: "0".repeat(32), revisionId: "1".repeat(32) };

  const many = (number: number) => () => {
    for (let index = 0; index < number; index++) new Job(`import-${index}`, importArgs(at, [`${index}.csv`]));
    return Promise.resolve();
  };

  it("is empty without jobs, with and without --show-sames", async () => {
    const { stack } = shared;
    const isCalm = async (sames: boolean) => {
      const result = reviewPreview(await previewAsJson(stack, nothing, { sames }));
      expect(result.headline).to.equal("no Data Exchange jobs are affected");
      expect([...result.review.running, ...result.review.idle]).to.deep.equal([]);
    };
    await isCalm(true);
    expectSuccess(await stack.up(nothing));
    for (const sames of [true, false]) await isCalm(sames);
  });

  it("uses a raised quota for the number of waves", async () => {
    const { stack } = shared;
    const key = "dataexchange:concurrentJobs";
    await stack.stack.setConfig(key, { value: JSON.stringify({ IMPORT_ASSETS_FROM_S3: 20 }) });
    const raised = reviewPreview(await previewAsJson(stack, many(25)));
    await stack.stack.removeConfig(key);
    expect(raised.review.queues.map(({ waves }) => waves)).to.deep.equal([2]);
  });

  it("shows the errors of a failed preview, and that jobs may be missing", async () => {
    const { stack } = shared;
    const result = reviewPreview(
      await previewAsJson(stack, () => {
        new Job("good", importArgs(at, ["a.csv"]));
        new Job("bad", importArgs({ ...at, dataSetId: "too-short" }, [""]));
        return Promise.resolve();
      }),
    );
    expect(result.headline).to.match(/^the preview failed/);
    const messages = result.review.errors
      .map(({ resource, message }) => `${resource}: ${message}`)
      .join("\n");
    expect(messages)
      .to.contain("bad: ")
      .and.contain("details.importAssetsFromS3.dataSetId")
      .and.contain("details.importAssetsFromS3.assetSources[0].key");
    expect(result.markdown).to.contain("**The preview failed**, so jobs may be missing here.");
    const thrown = reviewPreview(await previewAsJson(stack, () => Promise.reject(new Error("nothing goes"))));
    expect(thrown.headline).to.equal("the preview failed before the first job");
    expect(JSON.stringify(thrown.review.errors)).to.contain("nothing goes");
  });

  it("takes less than two seconds of CPU for 1,000 jobs", async () => {
    const json = await previewAsJson(shared.stack, many(1000));
    const before = process.cpuUsage();
    const result = reviewPreview(json);
    const { user, system } = process.cpuUsage(before);
    const milliseconds = Math.round((user + system) / 1000);
    console.log(`      1,000 jobs of the engine: ${milliseconds} ms of CPU`);
    expect(result.headline).to.equal("1,000 new jobs will run");
    expect(result.review.queues).to.containSubset([{ type: "IMPORT_ASSETS_FROM_S3", quota: 10, waves: 100 }]);
    expect(milliseconds).to.be.below(2000);
  });

  it("names the component that declares a job", async () => {
    class Feed extends ComponentResource {
      constructor(name: string) {
        super("market:index:Feed", name);
      }
    }
    const result = reviewPreview(
      await previewAsJson(shared.stack, () => {
        new Job("prices", importArgs(at, ["a.csv"]), { parent: new Feed("europe") });
        return Promise.resolve();
      }),
    );
    expect(findJob(result, "prices").component).to.include({ type: "market:index:Feed", name: "europe" });
    expect(result.markdown).to.contain(
      "- **`prices`** of `europe` (`market:index:Feed`) imports 1 object of",
    );
    expect(result.text).to.contain("prices of europe (market:index:Feed) imports 1 object of");
    expect(result.review.others).to.deep.equal({ create: 1 });
  });
});
