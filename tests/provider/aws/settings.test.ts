import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import type { OwnSettings } from "../../../provider/aws/settings";
import { connectionSettings, resolveRegion } from "../../../provider/aws/settings";
import { useAwsEnvironment } from "../support/environment";
import { failureOf } from "../support/samples";

const settings = (
  own: OwnSettings = {},
  config: Record<string, string> = {},
  env: Record<string, string> = {},
) => connectionSettings(own, (key) => config[key], env);

const role = (name: string) => ({ roleArn: `arn:aws:iam::123456789012:role/${name}` });

describe("connection settings", () => {
  it("say nothing where nothing is said", () => expect(settings()).to.deep.equal({ assumeRoles: [] }));

  it("take the region from the resource, then the stack, then AWS_REGION, then AWS_DEFAULT_REGION", () => {
    const env = { AWS_REGION: "env-1", AWS_DEFAULT_REGION: "default-1" };
    const config = { "aws:region": "stack-1" };
    expect(settings({ region: "own-1" }, config, env).region).to.equal("own-1");
    expect(settings({}, config, env).region).to.equal("stack-1");
    expect(settings({}, {}, env).region).to.equal("env-1");
    expect(settings({}, {}, { AWS_DEFAULT_REGION: "default-1" }).region).to.equal("default-1");
  });

  it("take the profile from the resource, then the stack, and leave AWS_PROFILE to the SDK", () => {
    expect(settings({ profile: "own" }, { "aws:profile": "stack" }).profile).to.equal("own");
    expect(settings({}, { "aws:profile": "stack" }).profile).to.equal("stack");
    expect(settings({}, {}, { AWS_PROFILE: "env" })).to.not.have.property("profile");
  });

  const keys = { "aws:accessKey": "AKIA", "aws:secretKey": "secret", "aws:token": "token" };
  it("take keys and token from the stack", () =>
    expect(settings({}, keys)).to.include({ accessKey: "AKIA", secretKey: "secret", token: "token" }));
  it("take no keys of the stack for a resource that names its own profile", () =>
    expect(settings({ profile: "own" }, keys)).to.not.have.any.keys("accessKey", "secretKey", "token"));

  it("take the role from the resource, then the stack's chain of roles, then its one role", () => {
    const chain = { "aws:assumeRoles": JSON.stringify([role("a"), role("b")]) };
    const one = { "aws:assumeRole": JSON.stringify(role("c")) };
    expect(settings({ assumeRole: role("own") }, { ...chain, ...one }).assumeRoles).to.deep.equal([
      role("own"),
    ]);
    expect(settings({}, { ...chain, ...one }).assumeRoles).to.deep.equal([role("a"), role("b")]);
    expect(settings({}, one).assumeRoles).to.deep.equal([role("c")]);
  });

  it("read a web identity", () => {
    const identity = { ...role("web"), webIdentityTokenFile: "/token" };
    const config = { "aws:assumeRoleWithWebIdentity": JSON.stringify(identity) };
    expect(settings({}, config).assumeRoleWithWebIdentity).to.deep.equal(identity);
  });

  it("take the endpoint from the resource, then the stack's endpoints, in a list or not", () => {
    const endpoints = { dataexchange: "http://stack", sts: "http://sts" };
    for (const value of [endpoints, [endpoints], [{ dataexchange: "http://stack" }, { sts: "http://sts" }]]) {
      const config = { "aws:endpoints": JSON.stringify(value) };
      expect(settings({}, config)).to.include({ endpoint: "http://stack", stsEndpoint: "http://sts" });
      expect(settings({ endpoint: "http://own" }, config)).to.include({
        endpoint: "http://own",
        stsEndpoint: "http://sts",
      });
    }
  });

  it("take the first of the shared files", () => {
    const config = { "aws:sharedConfigFiles": '["/one","/two"]', "aws:sharedCredentialsFiles": '["/three"]' };
    expect(settings({}, config)).to.include({ sharedConfigFile: "/one", sharedCredentialsFile: "/three" });
  });

  it("read flags, and tell false from not set", () => {
    expect(settings({}, { "aws:useFipsEndpoint": "true", "aws:useDualstackEndpoint": "false" })).to.include({
      useFipsEndpoint: true,
      useDualstackEndpoint: false,
    });
    expect(settings()).to.not.have.any.keys("useFipsEndpoint", "useDualstackEndpoint");
  });

  it("read account ids, as numbers and without the zeros that numbers lose, too", () => {
    const config = {
      "aws:allowedAccountIds": '["000000000042",111122223333,42]',
      "aws:forbiddenAccountIds": '"444455556666"',
    };
    expect(settings({}, config)).to.deep.include({
      allowedAccountIds: ["000000000042", "111122223333", "000000000042"],
      forbiddenAccountIds: ["444455556666"],
    });
  });

  it("take proxies from the stack, then the environment in either case", () => {
    const upper = { HTTP_PROXY: "http://a", HTTPS_PROXY: "http://b", NO_PROXY: "c" };
    const lower = { http_proxy: "http://a", https_proxy: "http://b", no_proxy: "c" };
    for (const env of [upper, lower]) {
      expect(settings({}, {}, env)).to.include({
        httpProxy: "http://a",
        httpsProxy: "http://b",
        noProxy: "c",
      });
    }
    const config = { "aws:httpProxy": "http://d", "aws:httpsProxy": "http://e", "aws:noProxy": "f" };
    expect(settings({}, config, upper)).to.include({
      httpProxy: "http://d",
      httpsProxy: "http://e",
      noProxy: "f",
    });
  });

  it("take the stack's proxy for HTTP for HTTPS, too, and the environment's not", () => {
    expect(settings({}, { "aws:httpProxy": "http://d" }).httpsProxy).to.equal("http://d");
    expect(settings({}, { "aws:httpProxy": "http://d" }, { HTTPS_PROXY: "http://b" }).httpsProxy).to.equal(
      "http://b",
    );
    expect(settings({}, {}, { HTTP_PROXY: "http://a" })).to.not.have.property("httpsProxy");
  });

  it("take the bundle of certificates from the stack, then AWS_CA_BUNDLE", () => {
    const env = { AWS_CA_BUNDLE: "/env.pem" };
    expect(settings({}, {}, env).customCaBundle).to.equal("/env.pem");
    expect(settings({}, { "aws:customCaBundle": "/stack.pem" }, env).customCaBundle).to.equal("/stack.pem");
  });

  it("read default tags, the stack's before the environment's", () => {
    const env = { TF_AWS_DEFAULT_TAGS_team: "env", TF_AWS_DEFAULT_TAGS_stage: "prod" };
    const config = { "aws:defaultTags": '{"tags":{"team":"data","cost":42}}' };
    expect(settings({}, config, env).defaultTags).to.deep.equal({ team: "data", stage: "prod", cost: "42" });
    expect(settings({}, { "aws:defaultTags": "{}" })).to.not.have.property("defaultTags");
  });

  it("take an empty setting for none, and go on to the next", () =>
    expect(settings({}, { "aws:region": "", "aws:endpoints": "" }, { AWS_REGION: "env-1" })).to.deep.equal({
      region: "env-1",
      assumeRoles: [],
    }));

  for (const key of [
    "aws:endpoints",
    "aws:assumeRole",
    "aws:assumeRoles",
    "aws:assumeRoleWithWebIdentity",
    "aws:sharedConfigFiles",
  ]) {
    it(`say which config is not valid JSON: ${key}`, async () => {
      const error = await failureOf(Promise.resolve().then(() => settings({}, { [key]: "{no" })));
      expect(error).to.include({ code: "invalid-config" });
      expect(error.message).to.contain(key);
    });
  }
});

describe("the region", () => {
  const env = useAwsEnvironment();
  let folder: string;
  let sharedConfigFile: string;
  let sharedCredentialsFile: string;

  // The SDK reads a file once in a process, so each test has its own.
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "region-test-"));
    [sharedConfigFile, sharedCredentialsFile] = [join(folder, "config"), join(folder, "credentials")];
    await writeFile(
      sharedConfigFile,
      "[default]\nregion = default-1\n\n[profile team]\nregion = team-1\n\n[profile silent]\noutput = json\n",
    );
    await writeFile(
      sharedCredentialsFile,
      "[team]\nregion = other-1\n\n[keys]\nregion = keys-1\naws_access_key_id = A\n",
    );
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const files = () => ({ assumeRoles: [], sharedConfigFile, sharedCredentialsFile });

  it("is the one that is set, whatever the files say", async () =>
    expect(await resolveRegion({ ...files(), region: "set-1", profile: "team" })).to.equal("set-1"));

  it("is that of the profile, in the config file before the credentials file", async () => {
    expect(await resolveRegion({ ...files(), profile: "team" })).to.equal("team-1");
    expect(await resolveRegion({ ...files(), profile: "keys" })).to.equal("keys-1");
  });

  it("is that of AWS_PROFILE, then of AWS_DEFAULT_PROFILE, then of the default profile", async () => {
    expect(await resolveRegion(files())).to.equal("default-1");
    env.AWS_DEFAULT_PROFILE = "keys";
    expect(await resolveRegion(files())).to.equal("keys-1");
    env.AWS_PROFILE = "team";
    expect(await resolveRegion(files())).to.equal("team-1");
    expect(await resolveRegion({ ...files(), profile: "keys" })).to.equal("keys-1");
  });

  it("is that of the files that the environment names", async () => {
    env.AWS_CONFIG_FILE = sharedConfigFile;
    env.AWS_SHARED_CREDENTIALS_FILE = sharedCredentialsFile;
    expect(await resolveRegion({ assumeRoles: [], profile: "team" })).to.equal("team-1");
    expect(await resolveRegion({ assumeRoles: [], profile: "keys" })).to.equal("keys-1");
  });

  it("is none where nobody names one", async () => {
    expect(await resolveRegion({ ...files(), profile: "silent" })).to.equal(undefined);
    expect(await resolveRegion({ ...files(), profile: "nobody" })).to.equal(undefined);
    const missing = join(folder, "missing");
    expect(
      await resolveRegion({ assumeRoles: [], sharedConfigFile: missing, sharedCredentialsFile: missing }),
    ).to.equal(undefined);
  });
});
