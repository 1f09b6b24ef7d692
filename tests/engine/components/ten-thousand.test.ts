/**
 * Thousands of objects published by one component. The printed figures do not decide whether the test passes.
 * `npm run test:ten-thousand` publishes as many as a revision holds.
 */
import { expect } from "chai";

import { RevisionPublication } from "../../../components/revision-publication";
import { forEachHost } from "../../harness/hosts";
import { expectSuccess } from "../../harness/stack";
import { attachedAws } from "../../harness/use-stack";
import { useProgramEnvironment } from "../../harness/service";

const count = Number(process.env.PUBLISHED_OBJECTS ?? 1_000);
const minJobs = Math.ceil(count / 100);
/** In milliseconds. A job of the real service is seldom faster than the first. */
const jobDuration = process.env.PUBLISHED_OBJECTS ? 20_000 : 500;
const concurrentJobs = 10;

forEachHost(`a publication of ${count} objects`, function (host) {
  this.timeout("30m");
  const shared = host.useStack({ jobDuration }, attachedAws);
  useProgramEnvironment(shared);
  const keys = Array.from({ length: count }, (_, i) => `daily/${i}.csv`);
  let dataSetId: string;

  before(async () => {
    const { service } = shared;
    dataSetId = await service.createDataSet();
    await service.createBucket("many", Object.fromEntries(keys.map((key) => [key, key])));
  });

  const program = () => {
    const { jobIds, assets, finalized } = new RevisionPublication("many", {
      dataSetId,
      contents: { daily: { s3: { bucket: "many", prefix: "daily/" } } },
    });
    const names = assets.apply((all) => new Set(all.map(({ name }) => name)).size);
    return Promise.resolve({ jobs: jobIds.length, names, finalized });
  };

  /** Runs the program and prints what it takes. */
  async function measure(title: string) {
    const { stack, service } = shared;
    const [requests, began] = [service.local.requests.length, Date.now()];
    const run = expectSuccess(await stack.up(program));
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    console.log(`      ${title}: ${seconds} s, API calls ${JSON.stringify(service.countCalls(requests))}`);
    return run;
  }

  it("contains every object once, uses the minimum of jobs, and runs none without a change", async () => {
    const { local } = shared.service;
    const quotaSeconds = (Math.ceil(minJobs / concurrentJobs) * jobDuration) / 1000;
    const { outputs } = await measure(`the first up (by the quota alone ${quotaSeconds} s)`);
    expect(outputs).to.deep.include({
      names: { value: count, secret: false },
      finalized: { value: true, secret: false },
    });
    expect(local.jobs().map(({ startCount }) => startCount)).to.deep.equal(Array(minJobs).fill(1));

    expect((await measure("an up without a change")).changes).to.have.all.keys("same");
    expect(local.jobs()).to.have.length(minJobs);
  });
});
