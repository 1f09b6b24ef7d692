/** Reviews of the real engine's previews of whole stacks. */
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { ComponentResource } from "@pulumi/pulumi";
import { expect } from "chai";

import { Job } from "../../../index";
import { forEachHost } from "../../harness/hosts";
import { importArgs } from "../../harness/programs";
import { reviewProgram } from "../../harness/review-result";
import { expectSuccess } from "../../harness/stack";

const nothing: PulumiFn = () => Promise.resolve();

forEachHost("review of a stack on the engine", function (host) {
  this.timeout("10m");
  const shared = host.useStack();
  const at = { dataSetId: "0".repeat(32), revisionId: "1".repeat(32) };

  const many = (number: number) => () => {
    for (let index = 0; index < number; index++) new Job(`import-${index}`, importArgs(at, [`${index}.csv`]));
    return Promise.resolve();
  };

  it("is empty without jobs, with and without --show-sames", async () => {
    const { stack } = shared;
    const expectEmpty = async (sames: boolean) => {
      const { headline, review } = await reviewProgram(stack, nothing, { sames });
      expect(headline).to.equal("no Data Exchange jobs are affected");
      expect([...review.running, ...review.idle]).to.deep.equal([]);
    };
    await expectEmpty(true);
    expectSuccess(await stack.up(nothing));
    for (const sames of [true, false]) await expectEmpty(sames);
  });

  it("uses a raised quota for the number of waves", async () => {
    const { stack } = shared;
    const key = "dataexchange:concurrentJobs";
    await stack.stack.setConfig(key, { value: JSON.stringify({ IMPORT_ASSETS_FROM_S3: 20 }) });
    const { queues } = (await reviewProgram(stack, many(25))).review;
    await stack.stack.removeConfig(key);
    expect(queues.map(({ waves }) => waves)).to.deep.equal([2]);
  });

  it("lists the errors of a failed preview by resource and path", async () => {
    const { stack } = shared;
    const { headline, review } = await reviewProgram(stack, () => {
      new Job("good", importArgs(at, ["a.csv"]));
      new Job("bad", importArgs({ ...at, dataSetId: "too-short" }, [""]));
      return Promise.resolve();
    });
    expect(headline).to.match(/^the preview failed/);
    const ofBad = review.errors.flatMap(({ resource, message }) => (resource === "bad" ? [message] : []));
    expect(ofBad.join("\n"))
      .to.contain("details.importAssetsFromS3.dataSetId")
      .and.contain("details.importAssetsFromS3.assetSources[0].key");
    const thrown = await reviewProgram(stack, () => Promise.reject(new Error("nothing goes")));
    expect(thrown.headline).to.equal("the preview failed before the first job");
    expect(JSON.stringify(thrown.review.errors)).to.contain("nothing goes");
  });

  it("names the component that declares a job", async () => {
    const result = await reviewProgram(shared.stack, () => {
      const parent = new ComponentResource("market:index:Feed", "europe");
      new Job("prices", importArgs(at, ["a.csv"]), { parent });
      return Promise.resolve();
    });
    expect(result.job("prices").component).to.include({ type: "market:index:Feed", name: "europe" });
    expect(result.review.others).to.deep.equal({ create: 1 });
  });
});
