import { expect } from "chai";

import { sentence } from "../../review/rich-text";
import { created, importOf, reviewed, step } from "./previews";

const jobs = (number: number, region: string) =>
  Array.from({ length: number }, (_, index) =>
    step("create", { name: `${region}-${index}`, inputs: { ...importOf(["a"]), region } }),
  );
const queuesOf = (steps: object[], config?: object) =>
  reviewed(steps, { config }).queues.map(({ phrase }) => sentence(phrase));

const type = "IMPORT_ASSETS_FROM_S3";
const raised = (value: unknown) => ({ "dataexchange:concurrentJobs": value });

describe("review: waves", () => {
  it("are those of a region, which is named where there are several", () => {
    expect(queuesOf([...jobs(10, "us-east-1"), ...jobs(10, "eu-west-1")])).to.deep.equal([]);
    expect(queuesOf([...jobs(11, "us-east-1"), ...jobs(1, "eu-west-1")])).to.deep.equal([
      `11 jobs of type ${type} in us-east-1: 10 may be in progress at once, so they run in 2 waves`,
    ]);
    expect(queuesOf(jobs(25, "us-east-1"))).to.deep.equal([
      `25 jobs of type ${type}: 10 may be in progress at once, so they run in 3 waves`,
    ]);
  });

  it("are fewer with a raised quota, and those of the service with one that cannot be read", () => {
    const steps = Array.from({ length: 25 }, (_, index) => created(`job-${index}`));
    expect(queuesOf(steps, raised(JSON.stringify({ [type]: 25 })))).to.deep.equal([]);
    for (const value of ["[secret]", "{", "{}", JSON.stringify({ [type]: "many" })])
      expect(queuesOf(steps, raised(value))[0], value).to.contain("3 waves");
  });
});
