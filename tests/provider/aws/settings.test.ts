import { writeFile } from "node:fs/promises";

import { expect } from "chai";

import type { ConnectionSettings, OwnSettings } from "../../../provider/aws/settings";
import { connectionSettings, resolveRegion } from "../../../provider/aws/settings";
import { useFolder } from "../../harness/folder";
import { useAwsEnvironment } from "../../harness/environment";
import { failureOf } from "../../simulation/samples";
import { roleArn } from "./fixtures";

const settings = (
  own: OwnSettings = {},
  config: Record<string, string> = {},
  env: Record<string, string> = {},
) => connectionSettings(own, (key) => config[key], env);

const role = (name: string) => ({ roleArn: roleArn(name) });

const json = (config: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [key, JSON.stringify(value)]));

/** Sources of each setting, in order of precedence. */
const places = {
  region: ["own region", "config aws:region", "env AWS_REGION", "env AWS_DEFAULT_REGION"],
  profile: ["own profile", "config aws:profile"],
  endpoint: ["own endpoint", "config aws:endpoints"],
  accessKey: ["config aws:accessKey"],
  secretKey: ["config aws:secretKey"],
  token: ["config aws:token"],
  httpProxy: ["config aws:httpProxy", "env HTTP_PROXY", "env http_proxy"],
  httpsProxy: ["config aws:httpsProxy", "env HTTPS_PROXY", "env https_proxy", "config aws:httpProxy"],
  noProxy: ["config aws:noProxy", "env NO_PROXY", "env no_proxy"],
  customCaBundle: ["config aws:customCaBundle", "env AWS_CA_BUNDLE"],
} as const;

const roles = { "aws:assumeRoles": [role("a"), role("b")], "aws:assumeRole": role("c") };
const identity = { ...role("web"), webIdentityTokenFile: "/token" };
const endpoints = { endpoint: "http://stack", stsEndpoint: "http://sts" };
const accounts = ["000000000042", "111122223333", "000000000042"];

const structured: [config: Record<string, unknown>, expected: Partial<ConnectionSettings>][] = [
  [{}, {}],
  [roles, { assumeRoles: [role("a"), role("b")] }],
  [{ "aws:assumeRole": role("c") }, { assumeRoles: [role("c")] }],
  [{ "aws:assumeRoleWithWebIdentity": identity }, { assumeRoleWithWebIdentity: identity }],
  [{ "aws:endpoints": { dataexchange: "http://stack", sts: "http://sts" } }, endpoints],
  [{ "aws:endpoints": [{ dataexchange: "http://stack", sts: "http://sts" }] }, endpoints],
  [{ "aws:endpoints": [{ dataexchange: "http://stack" }, { sts: "http://sts" }] }, endpoints],
  [{ "aws:sharedConfigFiles": ["/one", "/two"] }, { sharedConfigFile: "/one" }],
  [{ "aws:sharedCredentialsFiles": ["/one", "/two"] }, { sharedCredentialsFile: "/one" }],
  [{ "aws:useFipsEndpoint": true }, { useFipsEndpoint: true }],
  [{ "aws:useDualstackEndpoint": false }, { useDualstackEndpoint: false }],
  // `pulumi config set --path` writes ids as numbers, without leading zeros.
  [{ "aws:allowedAccountIds": ["000000000042", 111122223333, 42] }, { allowedAccountIds: accounts }],
  [{ "aws:forbiddenAccountIds": "444455556666" }, { forbiddenAccountIds: ["444455556666"] }],
  [
    { "aws:defaultTags": { tags: { team: "data", cost: 42 } } },
    { defaultTags: { team: "data", cost: "42" } },
  ],
  [{ "aws:defaultTags": {} }, {}],
];

describe("connectionSettings", () => {
  for (const [setting, all] of Object.entries(places)) {
    it(`reads ${setting} from ${all.join(", then ")}`, () => {
      for (const [index, first] of all.entries()) {
        const given: Record<string, Record<string, string>> = { own: {}, config: {}, env: {} };
        for (const [at, place] of all.entries()) {
          const [kind, name] = place.split(" ") as [string, string];
          const value = name === "aws:endpoints" ? JSON.stringify({ dataexchange: place }) : place;
          // An empty setting of the stack or the environment counts as absent.
          if (at >= index) given[kind]![name] = value;
          else if (kind !== "own") given[kind]![name] = "";
        }
        expect(settings(given.own, given.config, given.env)).to.have.property(setting, first);
      }
      expect(settings()).to.not.have.property(setting);
    });
  }

  it("leaves AWS_PROFILE to the SDK, and does not use HTTP_PROXY for HTTPS", () => {
    expect(settings({}, {}, { AWS_PROFILE: "env" })).to.not.have.property("profile");
    expect(settings({}, {}, { HTTP_PROXY: "http://a" })).to.not.have.property("httpsProxy");
  });

  it("ignores the stack's keys for a resource with its own profile", () => {
    const keys = { "aws:accessKey": "AKIA", "aws:secretKey": "secret", "aws:token": "token" };
    expect(settings({ profile: "own" }, keys)).to.deep.equal({ profile: "own", assumeRoles: [] });
  });

  it("prefers the resource's role to the stack's", () =>
    expect(settings({ assumeRole: role("own") }, json(roles)).assumeRoles).to.deep.equal([role("own")]));

  for (const [config, expected] of structured) {
    it(`reads ${JSON.stringify(config)}`, () =>
      expect(settings({}, json(config))).to.deep.equal({ assumeRoles: [], ...expected }));
  }

  it("prefers the stack's default tags to the environment's", () => {
    const env = { TF_AWS_DEFAULT_TAGS_team: "env", TF_AWS_DEFAULT_TAGS_stage: "prod" };
    const config = json({ "aws:defaultTags": { tags: { team: "data" } } });
    expect(settings({}, config, env).defaultTags).to.deep.equal({ team: "data", stage: "prod" });
  });

  for (const key of [
    "aws:endpoints",
    "aws:assumeRole",
    "aws:assumeRoles",
    "aws:assumeRoleWithWebIdentity",
    "aws:sharedConfigFiles",
  ]) {
    it(`rejects invalid JSON in ${key}`, async () => {
      const error = await failureOf(Promise.resolve().then(() => settings({}, { [key]: "{no" })));
      expect(error).to.include({ code: "invalid-config" });
      expect(error.message).to.contain(key);
    });
  }
});

describe("resolveRegion", () => {
  const env = useAwsEnvironment();
  const path = useFolder();
  const files = () => ({ sharedConfigFile: path("config"), sharedCredentialsFile: path("credentials") });
  const regionOf = (more: Partial<ConnectionSettings>) => resolveRegion({ assumeRoles: [], ...more });

  // The SDK reads a file once in a process, and each test has a folder.
  beforeEach(async () => {
    const config =
      "[default]\nregion = default-1\n[profile team]\nregion = team-1\n[profile silent]\noutput = json\n";
    const credentials = "[team]\nregion = other-1\n\n[keys]\nregion = keys-1\naws_access_key_id = A\n";
    await writeFile(path("config"), config);
    await writeFile(path("credentials"), credentials);
  });

  for (const [what, more, region] of [
    ["the region that is set", { region: "set-1", profile: "team" }, "set-1"],
    ["the profile's region in the config file first", { profile: "team" }, "team-1"],
    ["the profile's region in the credentials file second", { profile: "keys" }, "keys-1"],
    ["the default profile's region", {}, "default-1"],
    ["undefined if the profile has no region", { profile: "silent" }, undefined],
    ["undefined if the profile does not exist", { profile: "absent" }, undefined],
    [
      "undefined if the files do not exist",
      { sharedConfigFile: "/no", sharedCredentialsFile: "/no" },
      undefined,
    ],
  ] as const) {
    it(`returns ${what}`, async () => expect(await regionOf({ ...files(), ...more })).to.equal(region));
  }

  it("reads AWS_PROFILE, then AWS_DEFAULT_PROFILE, after the profile that is set", async () => {
    env.AWS_DEFAULT_PROFILE = "keys";
    expect(await regionOf(files())).to.equal("keys-1");
    env.AWS_PROFILE = "team";
    expect(await regionOf(files())).to.equal("team-1");
    expect(await regionOf({ ...files(), profile: "keys" })).to.equal("keys-1");
  });

  it("ignores empty variables of the environment", async () => {
    Object.assign(env, { AWS_PROFILE: "", AWS_DEFAULT_PROFILE: "keys" });
    expect(await regionOf(files())).to.equal("keys-1");
    env.AWS_DEFAULT_PROFILE = "";
    expect(await regionOf(files())).to.equal("default-1");
  });

  it("reads the files that the environment names", async () => {
    env.AWS_CONFIG_FILE = path("config");
    env.AWS_SHARED_CREDENTIALS_FILE = path("credentials");
    expect(await regionOf({ profile: "team" })).to.equal("team-1");
    expect(await regionOf({ profile: "keys" })).to.equal("keys-1");
  });
});
