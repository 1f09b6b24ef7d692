import { writeFile } from "node:fs/promises";

import { expect } from "chai";

import { credentialsFor } from "../../../provider/aws/credentials";
import type { ConnectionSettings } from "../../../provider/aws/settings";
import { useFolder } from "../../harness/folder";
import { useServers } from "../../harness/http";
import { useAwsEnvironment } from "../../harness/environment";
import { failureOf } from "../../simulation/samples";
import { useAws } from "./fake-aws";
import { roleArn } from "./fixtures";

const region = "eu-west-1";

const keysOf = async (settings: Partial<ConnectionSettings>) => {
  const keys = await credentialsFor({ region, assumeRoles: [], ...settings })();
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
};
const own = { accessKey: "AKIDOWN", secretKey: "secret-own" };
const ownKeys = { accessKeyId: "AKIDOWN", secretAccessKey: "secret-own" };
const ofRole = (name: string) => ({
  accessKeyId: `AKIDOF${name}`,
  secretAccessKey: `secret-${name}`,
  sessionToken: `token-${name}`,
});

describe("credentialsFor", () => {
  const env = useAwsEnvironment();
  const startAws = useAws();
  const serve = useServers();
  const path = useFolder();

  const setKeys = () =>
    Object.assign(env, { AWS_ACCESS_KEY_ID: "AKIDENV", AWS_SECRET_ACCESS_KEY: "secret-env" });

  /** Gives the machine credentials, as a container does. */
  async function startMachine(): Promise<void> {
    const keys = { AccessKeyId: "AKIDMACHINE", SecretAccessKey: "s", Token: "t" };
    const answer = JSON.stringify({ ...keys, Expiration: "2099-01-01T00:00:00Z" });
    env.AWS_CONTAINER_CREDENTIALS_FULL_URI = (await serve((_, response) => response.end(answer))).url;
  }

  /** Shared files with these texts. The SDK reads a file once in a process, and each test has a folder. */
  async function shared(config: string, credentials = "") {
    const files = { sharedConfigFile: path("config"), sharedCredentialsFile: path("credentials") };
    await writeFile(files.sharedConfigFile, config);
    await writeFile(files.sharedCredentialsFile, credentials);
    return files;
  }
  const keyPair = (name: string) =>
    `aws_access_key_id = AKID${name}\naws_secret_access_key = secret-${name}\n`;

  async function expectProfileError(settings: Partial<ConnectionSettings>): Promise<string> {
    const { name, message } = await failureOf(keysOf(settings));
    expect(name).to.equal("CredentialsProviderError");
    return message;
  }

  it("returns the keys that are set, even if the environment has others", async () => {
    setKeys();
    expect(await keysOf(own)).to.deep.equal(ownKeys);
    expect(await keysOf({ ...own, token: "t" })).to.deep.equal({ ...ownKeys, sessionToken: "t" });
  });

  it("turns off the SDK's warning of old versions of Node, unless the user has set it", () => {
    const name = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";
    credentialsFor({ assumeRoles: [] });
    expect(env[name]).to.equal("true");
    env[name] = "false";
    credentialsFor({ assumeRoles: [] });
    expect(env[name]).to.equal("false");
  });

  it("returns the keys of the environment if nothing is set", async () => {
    setKeys();
    env.AWS_SESSION_TOKEN = "token-env";
    expect(await keysOf({})).to.deep.equal({
      accessKeyId: "AKIDENV",
      secretAccessKey: "secret-env",
      sessionToken: "token-env",
    });
  });

  it("returns the keys of the profile that is set, even if the environment has others", async () => {
    setKeys();
    const settings = await shared("", `[team]\n${keyPair("TEAM")}`);
    expect(await keysOf({ ...settings, profile: "team" })).to.deep.equal({
      accessKeyId: "AKIDTEAM",
      secretAccessKey: "secret-TEAM",
    });
  });

  it("rejects a profile that does not exist, although the machine has credentials", async () => {
    await startMachine();
    const settings = await shared("[profile prod]\nregion = us-east-1\n");
    const files = `in ${settings.sharedConfigFile} nor in ${settings.sharedCredentialsFile}`;
    for (const [name, set, by] of [
      ["AWS_PROFILE", {}, ", which AWS_PROFILE names,"],
      ["AWS_DEFAULT_PROFILE", {}, ", which AWS_PROFILE names,"],
      ["OTHER", { profile: "prodd" }, ""],
    ] as const) {
      env[name] = "prodd";
      const message = await expectProfileError({ ...settings, ...set });
      delete env[name];
      expect(message).to.equal(`the profile prodd${by} is neither ${files}`);
    }
  });

  it("returns the machine's keys if the profile of the environment has no credentials", async () => {
    await startMachine();
    env.AWS_PROFILE = "prod";
    const settings = await shared("[profile prod]\nregion = us-east-1\n");
    expect(await keysOf(settings)).to.include({ accessKeyId: "AKIDMACHINE" });
  });

  for (const [section, profile] of [
    ["[default]", "default"],
    ["[profile prod]", "prod"],
  ] as const) {
    it(`reports what the process of the profile ${profile} printed, without the command and secrets`, async () => {
      const script = path("login.sh");
      const printed = `token=planted "SecretAccessKey": "planted" AKIAPLANTEDPLANTED00`;
      await writeFile(script, `echo "run corp-login" >&2\necho '${printed}' >&2\nexit 1\n`);
      const settings = await shared(`${section}\ncredential_process = sh ${script} --password planted\n`);
      if (profile !== "default") env.AWS_PROFILE = profile;
      expect(await expectProfileError(settings))
        .to.contain(`the credential_process of the profile ${profile} failed: run corp-login`)
        .and.not.match(/planted/i);
    });
  }

  it("assumes the role of a profile at the STS endpoint that is set", async () => {
    const { url, calls } = await startAws();
    const config = `[profile team]\nrole_arn = ${roleArn("team")}\nsource_profile = base\n`;
    const settings = await shared(config, `[base]\n${keyPair("BASE")}`);
    expect(await keysOf({ ...settings, profile: "team", stsEndpoint: url })).to.deep.equal(ofRole("team"));
    expect(calls.map(({ signer }) => signer)).to.deep.equal([{ accessKeyId: "AKIDBASE", region }]);
  });

  it("assumes a chain of roles, each with the keys of the previous one", async () => {
    const { url, calls } = await startAws();
    const first = { roleArn: roleArn("first"), externalId: "planted-id", duration: "30m" };
    const second = {
      roleArn: roleArn("second"),
      sessionName: "nightly",
      duration: "1h30m",
      policy: "{}",
      policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
      sourceIdentity: "ada",
      tags: { team: "prices", stage: "prod" },
      transitiveTagKeys: ["team"],
    };
    const keys = await keysOf({ ...own, stsEndpoint: url, assumeRoles: [first, second] });
    expect(keys).to.deep.equal(ofRole("second"));
    const form = { Action: "AssumeRole", Version: "2011-06-15" };
    expect(calls).to.deep.equal([
      {
        signer: { accessKeyId: "AKIDOWN", region },
        form: {
          ...form,
          RoleArn: roleArn("first"),
          RoleSessionName: "pulumi-dataexchange",
          ExternalId: "planted-id",
          DurationSeconds: "1800",
        },
      },
      {
        signer: { accessKeyId: "AKIDOFfirst", region, token: "token-first" },
        form: {
          ...form,
          RoleArn: roleArn("second"),
          RoleSessionName: "nightly",
          DurationSeconds: "5400",
          Policy: "{}",
          "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
          SourceIdentity: "ada",
          "Tags.member.1.Key": "team",
          "Tags.member.1.Value": "prices",
          "Tags.member.2.Key": "stage",
          "Tags.member.2.Value": "prod",
          "TransitiveTagKeys.member.1": "team",
        },
      },
    ]);
  });

  it("fails with the message of STS if a role may not be assumed", async () => {
    const { url } = await startAws();
    const assumeRoles = [{ roleArn: roleArn("forbidden") }];
    const { message } = await failureOf(keysOf({ ...own, stsEndpoint: url, assumeRoles }));
    expect(message).to.contain("may not assume forbidden");
  });

  it("assumes a role by a web identity, from a token or its file, and a role on top of it", async () => {
    const { url, calls } = await startAws();
    const webIdentityTokenFile = path("token");
    await writeFile(webIdentityTokenFile, "token-in-file");
    const web = { roleArn: roleArn("web"), duration: "15m" };
    const settings = { stsEndpoint: url, assumeRoles: [{ roleArn: roleArn("top") }] };
    for (const [given, token] of [
      [{ webIdentityTokenFile }, "token-in-file"],
      [{ webIdentityToken: "token-in-text" }, "token-in-text"],
    ] as const) {
      calls.length = 0;
      const keys = await keysOf({ ...settings, assumeRoleWithWebIdentity: { ...web, ...given } });
      expect(keys).to.deep.equal(ofRole("top"));
      const [byToken, onTop] = calls;
      expect(byToken!.form).to.deep.equal({
        Action: "AssumeRoleWithWebIdentity",
        Version: "2011-06-15",
        RoleArn: roleArn("web"),
        RoleSessionName: "pulumi-dataexchange",
        DurationSeconds: "900",
        WebIdentityToken: token,
      });
      // A request with a token is not signed.
      expect(byToken!.signer.accessKeyId).to.equal(undefined);
      expect(onTop!.signer).to.deep.equal({ accessKeyId: "AKIDOFweb", region, token: "token-web" });
    }
  });
});
