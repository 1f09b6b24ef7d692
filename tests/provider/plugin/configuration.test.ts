import { expect } from "chai";

import { connectionSettings } from "../../../provider/aws/settings";
import { checkSettings, readSettings } from "../../../provider/plugin/configuration";
import { quotasKey } from "../../../provider/host/sessions";
import { unknown } from "./samples";

const roleArn = "arn:aws:iam::123456789012:role/a";

/** Each setting of the provider as text, and what the connection gets from it. */
const settings: Readonly<Record<string, [text: string, connection: object]>> = {
  region: ["eu-west-1", { region: "eu-west-1" }],
  profile: ["p", { profile: "p" }],
  accessKey: ["a", { accessKey: "a" }],
  secretKey: ["s", { secretKey: "s" }],
  token: ["t", { token: "t" }],
  assumeRoles: [JSON.stringify([{ roleArn }]), { assumeRoles: [{ roleArn }] }],
  assumeRoleWithWebIdentity: [JSON.stringify({ roleArn }), { assumeRoleWithWebIdentity: { roleArn } }],
  endpoints: [
    JSON.stringify([{ dataexchange: "https://d", s3: "https://s", sts: "https://t" }]),
    { endpoint: "https://d", s3Endpoint: "https://s", stsEndpoint: "https://t" },
  ],
  s3UsePathStyle: ["true", { s3UsePathStyle: true }],
  sharedConfigFiles: ['["/c"]', { sharedConfigFile: "/c" }],
  sharedCredentialsFiles: ['["/k"]', { sharedCredentialsFile: "/k" }],
  useFipsEndpoint: ["true", { useFipsEndpoint: true }],
  useDualstackEndpoint: ["true", { useDualstackEndpoint: true }],
  allowedAccountIds: ['["123456789012"]', { allowedAccountIds: ["123456789012"] }],
  forbiddenAccountIds: ['["123456789012"]', { forbiddenAccountIds: ["123456789012"] }],
  skipRequestingAccountId: ["true", { skipRequestingAccountId: true }],
  httpProxy: ["http://p", { httpProxy: "http://p", httpsProxy: "http://p" }],
  httpsProxy: ["http://q", { httpsProxy: "http://q" }],
  noProxy: ["x", { noProxy: "x" }],
  customCaBundle: ["/ca", { customCaBundle: "/ca" }],
  defaultTags: ['{"tags":{"team":"a"}}', { defaultTags: { team: "a" } }],
};

describe("the settings of the provider", () => {
  for (const [name, [text, connection]] of Object.entries(settings)) {
    it(`reach the connection: ${name}`, () => {
      const none = { assumeRoles: [] };
      const read = (value: unknown) => connectionSettings({}, readSettings({ [name]: value }), {});
      expect(read(text)).to.deep.equal({ ...none, ...connection });
      expect(read(unknown)).to.deep.equal(none);
      if (/^[[{]/.test(text)) expect(read(JSON.parse(text))).to.deep.equal({ ...none, ...connection });
    });
  }

  it("are merged from several elements of endpoints", () => {
    const endpoints = [{ dataexchange: "https://d" }, { s3: "https://s" }, { s3: "https://s2" }];
    const { endpoint, s3Endpoint } = connectionSettings({}, readSettings({ endpoints }), {});
    expect([endpoint, s3Endpoint]).to.deep.equal(["https://d", "https://s2"]);
  });

  for (const [name, example] of [
    ["allowedAccountIds", '["123456789012"]'],
    ["endpoints", '[{"dataexchange":"…"}]'],
    ["defaultTags", '{"tags":{"name":"…"}}'],
    ["concurrentJobs", '{"name":1}'],
  ] as const) {
    it(`show the form of ${name} if it is not JSON`, () => {
      const { failures } = checkSettings("urn:pulumi:s::p::pulumi:providers:dataexchange::a", {
        [name]: "000",
      });
      expect(failures).to.deep.equal([`${name} is not valid JSON, such as ${example} [invalid-config]`]);
    });
  }

  it("have the quotas", () =>
    expect(readSettings({ concurrentJobs: { EXPORT_ASSETS_TO_S3: 5 } })(quotasKey)).to.equal(
      '{"EXPORT_ASSETS_TO_S3":5}',
    ));
});
