import { expect } from "chai";

import { systemClock } from "../../../lib/clock";
import { CodedError } from "../../../lib/message-code";
import { Sessions, quotasKey } from "../../../provider/host/sessions";
import { useAwsEnvironment } from "../../harness/environment";
import { codeOf } from "../../simulation/samples";

const sessionsOf = (config: Record<string, string> = {}) => new Sessions((key) => config[key], systemClock);
const withQuotas = (text: string) => sessionsOf({ [quotasKey]: text });

describe("Sessions", () => {
  const env = useAwsEnvironment();
  const region = "eu-west-1";

  it("shares one session among resources with the same connection, also at the same time", async () => {
    const sessions = sessionsOf();
    const job = { region, type: "EXPORT_ASSETS_TO_S3", details: {}, state: "COMPLETED" };
    const open = await Promise.all([sessions.of({ region }), sessions.of({ region }), sessions.of(job)]);
    expect(new Set([...open, await sessions.of({ region })]).size).to.equal(1);
  });

  it("shares one session among resources with the region of the stack, the environment and their own", async () => {
    const byStack = sessionsOf({ "aws:region": region });
    expect(await byStack.of({})).to.equal(await byStack.of({ region }));
    env.AWS_REGION = region;
    const byEnvironment = sessionsOf();
    expect(await byEnvironment.of({})).to.equal(await byEnvironment.of({ region }));
  });

  it("opens a session for each different connection", async () => {
    const sessions = sessionsOf();
    const role = { roleArn: "arn:aws:iam::123456789012:role/a" };
    const connections = [
      {},
      { region: "us-east-1" },
      { profile: "team" },
      { endpoint: "http://127.0.0.1:9" },
      { assumeRole: role },
      { assumeRole: { roleArn: "arn:aws:iam::123456789012:role/b" } },
      { assumeRole: { ...role, externalId: "x" } },
    ];
    const open = await Promise.all(connections.map((own) => sessions.of({ region, ...own })));
    expect(new Set(open).size).to.equal(connections.length);
  });

  it("reads the quotas of the stack's config", async () => {
    const quotas = { EXPORT_ASSETS_TO_S3: 20, IMPORT_ASSETS_FROM_S3: 1 };
    const sessions = withQuotas(JSON.stringify(quotas));
    expect(sessions.quotas()).to.deep.equal(quotas);
    expect((await sessions.of({ region })).quotas).to.deep.equal(quotas);
    for (const none of [sessionsOf(), withQuotas(""), withQuotas("{}")]) {
      expect(none.quotas()).to.deep.equal({});
    }
  });

  for (const text of ["20", "no JSON", "null", "[]", '["EXPORT_ASSETS_TO_S3"]', '"EXPORT_ASSETS_TO_S3"']) {
    it(`rejects quotas that are not an object: ${text}`, async () => {
      const sessions = withQuotas(text);
      expect(sessions.configProblem()).to.include({ code: "invalid-config" });
      expect(await codeOf(sessions.of({ region }))).to.equal("invalid-config");
    });
  }
  for (const [type, quota] of [
    ["EXPORT_ASSETS", 20],
    ["export_assets_to_s3", 20],
    ["", 20],
    ["toString", 20],
    ["EXPORT_ASSETS_TO_S3", 0],
    ["EXPORT_ASSETS_TO_S3", -1],
    ["EXPORT_ASSETS_TO_S3", 1.5],
    ["EXPORT_ASSETS_TO_S3", "20"],
    ["EXPORT_ASSETS_TO_S3", null],
    ["EXPORT_ASSETS_TO_S3", true],
  ] as const) {
    it(`rejects a wrong quota, and names its type: ${JSON.stringify({ [type]: quota })}`, () => {
      const text = JSON.stringify({ IMPORT_ASSETS_FROM_S3: 5, [type]: quota });
      expect(() => withQuotas(text).quotas())
        .to.throw(CodedError, `; ${type} is not a job type`)
        .with.property("code", "invalid-config");
    });
  }
});
