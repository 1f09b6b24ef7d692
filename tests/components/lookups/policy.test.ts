import { output } from "@pulumi/pulumi";
import { expect } from "chai";

import type { JobPolicyOptions } from "../../../components/job-policy";
import { jobPolicy } from "../../../components/job-policy";
import { readValue } from "../../../provider/resources/pulumi-private";
import { dataSetId } from "../../simulation/samples";

/** The statements of a policy for lookups without jobs. */
async function statementsFor(options?: JobPolicyOptions): Promise<object[]> {
  const { Statement } = JSON.parse(await readValue(jobPolicy([], options))) as { Statement: object[] };
  return Statement;
}

describe("the policy for lookups", () => {
  it("allows them in the given data sets only, and the list of data sets", async () => {
    const other = "o".repeat(32);
    const actions = ["GetRevision", "ListDataSetRevisions", "ListRevisionAssets"];
    const there = [dataSetId, other].map((one) => `arn:aws:dataexchange:*:*:data-sets/${one}`);
    expect(await statementsFor({ lookups: [other, output(dataSetId)] })).to.deep.equal([
      { Sid: "ListDataSets", Effect: "Allow", Action: ["dataexchange:ListDataSets"], Resource: ["*"] },
      {
        Sid: "LookUpRevisions",
        Effect: "Allow",
        Action: actions.map((action) => `dataexchange:${action}`),
        Resource: there.flatMap((dataSet) => [dataSet, `${dataSet}/revisions/*`]).sort(),
      },
    ]);
  });

  it("allows none by default", async () => {
    for (const options of [undefined, {}, { lookups: [] }])
      expect(await statementsFor(options)).to.deep.equal([]);
  });
});
