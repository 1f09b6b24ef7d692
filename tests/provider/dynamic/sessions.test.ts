import { expect } from "chai";

import type { RoleToAssume } from "../../../provider/aws/settings";
import { systemClock } from "../../../lib/clock";
import { CodedError } from "../../../lib/message-code";
import { Sessions, quotasKey } from "../../../provider/dynamic/sessions";
import { useAwsEnvironment } from "../support/environment";
import { failureOf } from "../support/samples";

const sessionsOf = (config: Record<string, string> = {}) => new Sessions((key) => config[key], systemClock);

describe("sessions", () => {
  const env = useAwsEnvironment();
  const region = "eu-west-1";

  it("are one for all that reach AWS the same way, also at the same time", async () => {
    const sessions = sessionsOf();
    const [one, other] = await Promise.all([sessions.of({ region }), sessions.of({ region })]);
    expect(one).to.equal(other);
    expect(await sessions.of({ region })).to.equal(one);
  });

  it("are one whether a region is named or the stack's", async () => {
    const sessions = sessionsOf({ "aws:region": region });
    expect(await sessions.of({})).to.equal(await sessions.of({ region }));
    env.AWS_REGION = region;
    const byEnvironment = sessionsOf();
    expect(await byEnvironment.of({})).to.equal(await byEnvironment.of({ region }));
  });

  it("do not tell resources apart by what is not about the connection", async () => {
    const sessions = sessionsOf();
    const props = { region, type: "EXPORT_ASSETS_TO_S3", details: {}, state: "COMPLETED" };
    expect(await sessions.of(props)).to.equal(await sessions.of({ region }));
  });

  const role = (roleArn: string, more: Partial<RoleToAssume> = {}) => ({ assumeRole: { roleArn, ...more } });
  const ways = {
    plain: {},
    region: { region: "us-east-1" },
    profile: { profile: "team" },
    endpoint: { endpoint: "http://127.0.0.1:9" },
    role: role("arn:aws:iam::123456789012:role/a"),
    "another role": role("arn:aws:iam::123456789012:role/b"),
    "another external id": role("arn:aws:iam::123456789012:role/a", { externalId: "x" }),
  };
  it("are as many as there are ways", async () => {
    const sessions = sessionsOf();
    const open = await Promise.all(Object.values(ways).map((own) => sessions.of({ region, ...own })));
    expect(new Set(open).size).to.equal(Object.keys(ways).length);
  });

  it("know the quotas of the stack's config", async () => {
    const quotas = { EXPORT_ASSETS_TO_S3: 20, IMPORT_ASSETS_FROM_S3: 1 };
    const sessions = sessionsOf({ [quotasKey]: JSON.stringify(quotas) });
    expect(sessions.quotas()).to.deep.equal(quotas);
    expect((await sessions.of({ region })).quotas).to.deep.equal(quotas);
    for (const none of [undefined, "", "{}"])
      expect(sessionsOf(none === undefined ? {} : { [quotasKey]: none }).quotas()).to.deep.equal({});
  });

  for (const text of ["20", "no JSON", "null", "[]", '["EXPORT_ASSETS_TO_S3"]', '"EXPORT_ASSETS_TO_S3"']) {
    it(`refuse quotas that are not an object: ${text}`, async () => {
      const sessions = sessionsOf({ [quotasKey]: text });
      expect(() => sessions.quotas())
        .to.throw(CodedError)
        .with.property("code", "invalid-config");
      expect(sessions.configProblem()).to.include({ code: "invalid-config" });
      expect(await failureOf(sessions.of({ region }))).to.include({ code: "invalid-config" });
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
    it(`refuse a wrong quota, and name it: ${JSON.stringify({ [type]: quota })}`, () => {
      const text = JSON.stringify({ IMPORT_ASSETS_FROM_S3: 5, [type]: quota });
      expect(() => sessionsOf({ [quotasKey]: text }).quotas())
        .to.throw(CodedError, `; ${type} is not a job type with a whole number from 1.`)
        .with.property("code", "invalid-config");
    });
  }
});
