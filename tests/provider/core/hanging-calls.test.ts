import { expect } from "chai";

import { host } from "../support/host";
import { codeOf, failureOf, s3Import, upload } from "../support/samples";
import type { Operation } from "../support/simulator";
import { Simulator } from "../support/simulator";

const minute = 60_000;

/** A service at which one call of the operation is never answered. */
const hanging = (operation: Operation) => new Simulator().fail(operation, "unavailable", { hangs: true });

describe("a call that is never answered", () => {
  for (const [operation, called] of [
    ["listJobs", "ListJobs"],
    ["createJob", "CreateJob"],
    ["startJob", "StartJob"],
    ["listRevisionAssets", "ListRevisionAssets"],
  ] as const) {
    it(`is broken off after timeouts.request: ${called}`, async () => {
      const service = hanging(operation);
      const started = service.clock.now();
      const inputs = s3Import(["a"], { timeouts: { request: "5m" } });
      const { message } = await failureOf(host(service).create(inputs));
      expect(message).to.contain(`${called} failed with Timeout`).and.contain("[service-unavailable]");
      // A job that was made runs for five seconds before its assets are listed.
      expect(service.clock.now() - started).to.be.within(5 * minute, 5 * minute + 10_000);
    });
  }

  it("has what earlier failures have left of the time", async () => {
    const service = new Simulator()
      .fail("startJob", "unavailable", { times: 8 })
      .fail("startJob", "unavailable", { hangs: true });
    const started = service.clock.now();
    await failureOf(host(service).create(s3Import(["a"], { timeouts: { request: "5m" } })));
    expect(service.clock.now() - started).to.equal(5 * minute);
    expect(service.count("startJob")).to.equal(9);
  });

  it("is an upload that is broken off after timeouts.upload, whose job is cancelled", async () => {
    const service = hanging("put");
    const started = service.clock.now();
    expect(await codeOf(host(service).create(upload("x", { timeouts: { upload: "20m" } })))).to.equal(
      "upload-timeout",
    );
    expect(service.jobs.map(({ state }) => state)).to.deep.equal(["CANCELLED"]);
    expect(service.clock.now() - started).to.equal(20 * minute);
  });
});
