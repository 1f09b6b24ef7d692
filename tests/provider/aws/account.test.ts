import { text as readText } from "node:stream/consumers";
import { expect } from "chai";

import { openDataExchange } from "../../../provider/aws/data-exchange";
import type { ConnectionSettings } from "../../../provider/aws/settings";
import { ServiceError } from "../../../provider/core/errors";
import { describeFailure } from "../../../provider/core/error-messages";
import { useServers } from "../../harness/http";
import { useAwsEnvironment } from "../support/environment";
import { failureOf } from "../support/samples";

const account = "000000000042";
const settings = { region: "us-east-1", accessKey: "AKID", secretKey: "secret", assumeRoles: [] };

describe("the account", () => {
  const env = useAwsEnvironment();
  const serve = useServers();

  /** Data Exchange and STS at one address, which note what they are asked for. */
  async function aws(broken = 0) {
    const calls: string[] = [];
    const { url } = await serve((request, response) => {
      void readText(request).then((text) => {
        const action = new URLSearchParams(text).get("Action") ?? request.method!;
        calls.push(action);
        if (action !== "GetCallerIdentity") {
          return response.writeHead(200, { "content-type": "application/json" }).end('{"Jobs":[]}');
        }
        if (broken-- > 0)
          return response
            .writeHead(400)
            .end("<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>");
        response
          .writeHead(200, { "content-type": "text/xml" })
          .end(
            `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
          );
      });
    });
    return { url, calls };
  }
  const open = (url: string, more: Partial<ConnectionSettings>) =>
    openDataExchange({ ...settings, endpoint: url, stsEndpoint: url, ...more });

  it("is not asked for where the stack says nothing of accounts", async () => {
    const { url, calls } = await aws();
    await open(url, {}).listJobs({});
    expect(calls).to.deep.equal(["GET"]);
  });

  it("is asked for once, before the first call, and then allowed", async () => {
    const { url, calls } = await aws();
    for (const more of [{ allowedAccountIds: ["1", account] }, { forbiddenAccountIds: ["1"] }]) {
      calls.length = 0;
      const dx = open(url, more);
      await Promise.all([dx.listJobs({}), dx.listJobs({})]);
      await dx.listJobs({});
      expect(calls).to.deep.equal(["GetCallerIdentity", "GET", "GET", "GET"]);
    }
  });

  it("is asked for at the endpoint that the environment names", async () => {
    const { url, calls } = await aws();
    env.AWS_ENDPOINT_URL = url;
    await openDataExchange({ ...settings, allowedAccountIds: [account] }).listJobs({});
    expect(calls).to.deep.equal(["GetCallerIdentity", "GET"]);
  });

  const refusals: [what: string, more: Partial<ConnectionSettings>][] = [
    ["not among the allowed ones", { allowedAccountIds: ["111122223333"] }],
    ["among the forbidden ones", { forbiddenAccountIds: [account] }],
  ];
  for (const [what, more] of refusals) {
    it(`is refused before any call of Data Exchange when it is ${what}`, async () => {
      const { url, calls } = await aws();
      const dx = open(url, more);
      for (const call of [dx.listJobs({}), dx.createJob({ type: "X", details: {} }), dx.getJob("j")]) {
        const failure = await failureOf(call, ServiceError);
        expect(failure.facts).to.include({ kind: "other", name: "AccountNotAllowed" });
        expect(describeFailure(failure, "Job").text)
          .to.contain(`AWS account ID not allowed: ${account}`)
          .and.contain("Use credentials of another account, or correct the stack's config.");
      }
      expect(calls).to.deep.equal(["GetCallerIdentity"]);
    });
  }

  it("is not asked for where that is to be skipped, and then is not among the allowed ones", async () => {
    const { url, calls } = await aws();
    const skip = { skipRequestingAccountId: true };
    await open(url, { ...skip, forbiddenAccountIds: [account] }).listJobs({});
    const failure = await failureOf(
      open(url, { ...skip, allowedAccountIds: [account] }).listJobs({}),
      ServiceError,
    );
    expect(failure.facts.message).to.contain("aws:skipRequestingAccountId is set");
    expect(calls).to.deep.equal(["GET"]);
  });

  it("is asked for again when STS failed", async () => {
    const { url } = await aws(1);
    const dx = open(url, { allowedAccountIds: [account] });
    const failure = await failureOf(dx.listJobs({}), ServiceError);
    expect(failure.facts).to.include({ operation: "GetCallerIdentity", kind: "accessDenied" });
    await dx.listJobs({});
  });
});
