import { expect } from "chai";

import type { ConnectionSettings } from "../../../provider/aws/settings";
import { describeFailure } from "../../../provider/core/error-messages";
import { ServiceError } from "../../../provider/core/errors";
import { useAwsEnvironment } from "../../harness/environment";
import { failureOf } from "../../simulation/samples";
import type { AwsCall } from "./fake-aws";
import { account, useAws } from "./fake-aws";
import { open } from "./fixtures";

const asked = (calls: readonly AwsCall[]) => calls.map(({ form }) => form.Action ?? "Data Exchange");
const thrice = ["Data Exchange", "Data Exchange", "Data Exchange"];

describe("the account of the credentials", () => {
  const env = useAwsEnvironment();
  const startAws = useAws();

  const allowed: [what: string, settings: Partial<ConnectionSettings>, calls: string[]][] = [
    ["is not requested if the stack names no accounts", {}, thrice],
    [
      "is requested once, and allowed if it is in allowedAccountIds",
      { allowedAccountIds: ["1", account] },
      ["GetCallerIdentity", ...thrice],
    ],
    [
      "is requested once, and allowed if it is not in forbiddenAccountIds",
      { forbiddenAccountIds: ["1"] },
      ["GetCallerIdentity", ...thrice],
    ],
    [
      "is not requested with skipRequestingAccountId, and then is not forbidden",
      { skipRequestingAccountId: true, forbiddenAccountIds: [account] },
      thrice,
    ],
  ];
  for (const [what, settings, expected] of allowed) {
    it(what, async () => {
      const { url, calls } = await startAws();
      const dx = open(url, { stsEndpoint: url, ...settings });
      await Promise.all([dx.listJobs({}), dx.listJobs({})]);
      await dx.listJobs({});
      expect(asked(calls)).to.deep.equal(expected);
    });
  }

  const refused: [what: string, settings: Partial<ConnectionSettings>, reason: string, calls: string[]][] = [
    [
      "it is not in allowedAccountIds",
      { allowedAccountIds: ["111122223333"] },
      `not allowed: ${account}`,
      ["GetCallerIdentity"],
    ],
    [
      "it is in forbiddenAccountIds",
      { forbiddenAccountIds: [account] },
      `not allowed: ${account}`,
      ["GetCallerIdentity"],
    ],
    [
      "it is unknown because of skipRequestingAccountId",
      { skipRequestingAccountId: true, allowedAccountIds: [account] },
      "skipRequestingAccountId is set",
      [],
    ],
  ];
  for (const [what, settings, reason, expected] of refused) {
    it(`is refused before any call of Data Exchange if ${what}`, async () => {
      const { url, calls } = await startAws();
      const dx = open(url, { stsEndpoint: url, ...settings });
      for (const call of [dx.listJobs({}), dx.createJob({ type: "X", details: {} }), dx.getJob("j")]) {
        const failure = await failureOf(call, ServiceError);
        expect(failure.facts).to.include({ kind: "other", name: "AccountNotAllowedError" });
        expect(describeFailure(failure, "Job").text).to.contain(reason).and.contain("correct the setting.");
      }
      expect(asked(calls)).to.deep.equal(expected);
    });
  }

  it("is requested at the endpoint that the environment names, and again after a failure of STS", async () => {
    const { url, calls } = await startAws(1);
    env.AWS_ENDPOINT_URL = url;
    const dx = open("", { allowedAccountIds: [account] });
    const { facts } = await failureOf(dx.listJobs({}), ServiceError);
    expect(facts).to.include({ operation: "GetCallerIdentity", kind: "accessDenied" });
    await dx.listJobs({});
    expect(asked(calls)).to.deep.equal(["GetCallerIdentity", "GetCallerIdentity", "Data Exchange"]);
  });
});
