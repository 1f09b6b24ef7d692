import { expect } from "chai";

import type { Message } from "../../../../lib/message-code";
import { getJob } from "../../../../provider/core/lookups/get-job";
import type { JobError } from "../../../../service-model/job";
import { apiImport, day, existing, failureOf, urlExport } from "../../../simulation/samples";
import { scene } from "./scene";

describe("getJob", () => {
  const jobId = (n: number) => `job${n}`.padEnd(32, "0");

  it("shows a job without credentials and without times that change", async () => {
    for (const inputs of [urlExport(), apiImport({ apiKey: "planted-key" })]) {
      const { service, run } = scene({ jobId });
      const { id } = existing(service, inputs, "COMPLETED");
      const found = await run(getJob, { jobId: id });
      expect(found).to.include({ jobId: id, type: inputs.type, state: "COMPLETED" });
      expect(found).to.have.all.keys("jobId", "arn", "type", "state", "details", "errors", "createdAt");
      expect(JSON.stringify(found)).to.not.match(/SECRET|planted-key|ExpiresAt/);
      expect(found.errors).to.deep.equal([]);
      expect(Object.keys(found.details)).to.deep.equal(Object.keys(inputs.details));
    }
  });

  it("shows why a job failed", async () => {
    const { service, run } = scene({ jobId });
    const failed = existing(service, urlExport(), "ERROR");
    failed.errors = [{ code: "ACCESS_DENIED_EXCEPTION", message: "No access." }] as JobError[];
    const { state, errors } = await run(getJob, { jobId: failed.id });
    expect({ state, errors }).to.deep.equal({ state: "ERROR", errors: failed.errors });
  });

  it("fails for a job that the service has deleted", async () => {
    const { service, run } = scene({ jobId });
    const { id } = existing(service, urlExport(), "COMPLETED", { age: 91 * day });
    const error = await failureOf<Error & Message>(run(getJob, { jobId: id }));
    expect(error.code).to.equal("job-not-found");
    expect(error.text).to.contain(`Job ${id}`).and.contain("90 days");
  });
});
