/**
 * Thousands of objects published by one component: what it takes, beside what the quota alone would take. The numbers
 * are printed; none of them decides whether the test passes but the number of jobs, which is the least. `npm run
 * test:ten-thousand` does it with as many as a revision takes.
 */
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";

import { RevisionPublication } from "../../../components/revision-publication";
import { awsPlugin, expectSuccess, useStack } from "../../harness/stack";
import { useProgramEnvironment } from "../../harness/service";

const count = Number(process.env.PUBLISHED_OBJECTS ?? 1_000);
/** Milliseconds that a job takes, and how many may run at once. The service is seldom faster than the first. */
const jobDuration = process.env.PUBLISHED_OBJECTS ? 20_000 : 500;
const quota = 10;

describe(`${count} objects published by one component`, function () {
  this.timeout("30m");
  const shared = useStack({ jobDuration }, awsPlugin);
  useProgramEnvironment(shared);
  const keys = Array.from({ length: count }, (_, i) => `daily/${i}.csv`);
  let dataSetId: string;

  before(async () => {
    const { service } = shared;
    dataSetId = await service.createDataSet();
    await service.createBucket("many");
    for (let from = 0; from < count; from += 100) {
      await Promise.all(
        keys
          .slice(from, from + 100)
          .map((Key) => service.s3.send(new PutObjectCommand({ Bucket: "many", Key, Body: Key }))),
      );
    }
  });

  const program = () => {
    const { jobIds, assets, finalized } = new RevisionPublication("many", {
      dataSetId,
      contents: { daily: { s3: { bucket: "many", prefix: "daily/" } } },
    });
    const names = assets.apply((all) => new Set(all.map(({ name }) => name)).size);
    return Promise.resolve({ jobs: jobIds.length, names, finalized });
  };

  it("hold every object once, in few calls, near the pace that the quota sets", async () => {
    const { stack, service } = shared;
    const first = await measured("the first up", () => stack.up(program));
    expect(first.outputs.names!.value).to.equal(count);
    expect(first.outputs.finalized!.value).to.equal(true);
    expect(service.local.jobs().map(({ startCount }) => startCount)).to.deep.equal(Array(first.jobs).fill(1));
    expect(first.jobs).to.equal(Math.ceil(count / 100));

    const same = await measured("an up without a change", () => stack.up(program));
    expect(same.jobs).to.equal(0);
    expect(same.changes).to.have.all.keys("same");
  });

  async function measured(what: string, run: () => ReturnType<typeof shared.stack.up>) {
    const { local } = shared.service;
    const [requests, jobs, began] = [local.requests.length, local.jobs().length, Date.now()];
    const done = expectSuccess(await run());
    const seconds = (Date.now() - began) / 1000;
    const made = local.jobs().length - jobs;
    const calls = shared.service.countCalls(requests);
    const total = Object.values(calls).reduce((sum, times) => sum + times, 0);
    const ideal = (Math.ceil(made / quota) * jobDuration) / 1000;
    const leastJobs = made === 0 ? 0 : Math.ceil(count / 100);
    console.log(
      `      ${what}: ${made} jobs (at least ${leastJobs}), ${total} API calls ${JSON.stringify(calls)}, ` +
        `${seconds.toFixed(1)} s (by the quota alone ${ideal.toFixed(1)} s)`,
    );
    return { ...done, jobs: made };
  }
});
