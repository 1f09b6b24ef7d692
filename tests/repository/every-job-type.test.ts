/** The rows of each job type that the compiler does not check. */
import { readFileSync } from "node:fs";

import { expect } from "chai";

import type { JobType } from "../../service-model/job-type";
import { jobTypes } from "../../service-model/job-types";

const rows: Record<string, (jobType: JobType) => RegExp> = {
  "README.md": ({ type, detailsKey }) => new RegExp(`^\\| \`${type}\` +\\| \`${detailsKey}\` `, "m"),
  "emulator/jobs/job-runner.ts": ({ type }) => new RegExp(`^  ${type}: `, "m"),
  "tests/clients/scenarios.ts": ({ detailsKey }) => new RegExp(`\\brun\\("${detailsKey}"`, "i"),
};

describe("every job type", () => {
  for (const [file, rowOf] of Object.entries(rows)) {
    it(`is in ${file}`, () => {
      const text = readFileSync(file, "utf8");
      const missing = jobTypes.filter((jobType) => !rowOf(jobType).test(text)).map(({ type }) => type);
      expect(missing, `missing in ${file}`).to.deep.equal([]);
    });
  }
});
