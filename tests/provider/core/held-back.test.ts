import { expect } from "chai";

import { openSession } from "../../../provider/core/session";
import { HeldBack } from "../../../provider/core/concurrency";
import { Simulator } from "../support/simulator";

const sentence =
  "Pulumi works on 8 resources at once here, so no more than 8 jobs run at once, and the service's quota is 10. " +
  "`pulumi up --parallel 20` uses all of it, and so does one JobSet in place of many Jobs.";

/** What is said of jobs of which so many run at once, each followed by the next after the pause. */
async function said(atOnce: number, { quota = 10, pause = 50, jobs = 40, parallelism = 8 } = {}) {
  const { clock } = openSession(new Simulator(), new Simulator().clock);
  const heldBack = new HeldBack(clock, parallelism);
  const sentences: (string | undefined)[] = [];
  for (let job = 0; job < jobs; job++) {
    if (job >= atOnce) {
      heldBack.ended();
      await clock.sleep(pause);
    }
    sentences.push(heldBack.began(quota));
  }
  return sentences.filter((each) => each !== undefined);
}

describe("jobs that Pulumi's parallelism holds back", () => {
  it("are told of once", async () => expect(await said(8)).to.deep.equal([sentence]));

  it("are none where the quota is no more than that", async () =>
    expect(await said(8, { quota: 8 })).to.deep.equal([]));

  it("are none that follow each other for another reason", async () => {
    expect(await said(3)).to.deep.equal([]);
    expect(await said(8, { pause: 5_000 })).to.deep.equal([]);
    expect(await said(8, { jobs: 9 })).to.deep.equal([]);
  });

  it("are none once more have run at once", async () => expect(await said(9)).to.deep.equal([]));
});
