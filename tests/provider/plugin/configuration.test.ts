import { expect } from "chai";

import { connectionSettings } from "../../../provider/aws/settings";
import { changedSettings, checkSettings, readSettings } from "../../../provider/plugin/configuration";
import { quotasKey } from "../../../provider/host/sessions";
import { unknown } from "./samples";

const urn = "urn:pulumi:s::p::pulumi:providers:dataexchange::a";
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
      const { failures } = checkSettings(urn, { [name]: "000" });
      expect(failures).to.deep.equal([`${name} is not valid JSON, such as ${example} [invalid-config]`]);
    });
  }

  it("have the quotas", () =>
    expect(readSettings({ concurrentJobs: { EXPORT_ASSETS_TO_S3: 5 } })(quotasKey)).to.equal(
      '{"EXPORT_ASSETS_TO_S3":5}',
    ));

  it("have the members of a dict in Python", () => {
    const dict = {
      role_arn: roleArn,
      session_name: "sess",
      transitive_tag_keys: ["cost_center"],
      tags: { cost_center: "a", costCenter: "b" },
    };
    const role = {
      ...{ roleArn, sessionName: "sess" },
      ...{ transitiveTagKeys: dict.transitive_tag_keys, tags: dict.tags },
    };
    const web = { role_arn: roleArn, web_identity_token_file: "/t" };
    const wire = { assumeRoles: JSON.stringify([dict]), assumeRoleWithWebIdentity: JSON.stringify(web) };
    expect(checkSettings(urn, wire).failures).to.deep.equal([]);
    expect(connectionSettings({}, readSettings(wire), {})).to.deep.equal({
      assumeRoles: [role],
      assumeRoleWithWebIdentity: { roleArn, webIdentityTokenFile: "/t" },
    });
    expect(changedSettings(wire, { ...wire, assumeRoles: JSON.stringify([role]) })).to.deep.equal([]);
    expect(changedSettings(wire, { ...wire, assumeRoles: [{ ...dict, session_name: "b" }] })).to.deep.equal([
      "assumeRoles",
    ]);
  });

  for (const [title, assumeRoles, path] of [
    ["a member is invalid", [{ role_arn: roleArn, session_name: "a b" }], "assumeRoles[0].session_name must"],
    ["one object stands for a list", { role_arn: "a" }, "assumeRoles[0].role_arn must"],
    [
      "an element of a member is invalid",
      [{ role_arn: roleArn, policy_arns: [[]] }],
      "assumeRoles[0].policy_arns[0] must",
    ],
    ["a member is unknown", [{ roleArn, role_name: "a" }], "assumeRoles[0].role_name is not a member"],
    [
      "a member has both spellings",
      [{ roleArn, sessionName: "sess", session_name: "other" }],
      "assumeRoles[0].session_name is not a member",
    ],
    ["the setting itself has the spelling of Python", undefined, "assume_roles is not a setting"],
  ] as const) {
    it(`name the path as the program has it if ${title}`, () => {
      const wire = assumeRoles ? { assumeRoles: JSON.stringify(assumeRoles) } : { assume_roles: "[]" };
      const { failures } = checkSettings(urn, wire);
      expect(failures).to.have.length(1);
      expect(failures[0]!.startsWith(path), failures[0]).to.equal(true);
    });
  }
});
