import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { credentialsFor } from "../../../provider/aws/credentials";
import type { ConnectionSettings } from "../../../provider/aws/settings";
import { useServers } from "../../harness/http";
import { useAwsEnvironment } from "../support/environment";
import { failureOf } from "../support/samples";
import { useSts } from "../support/sts";

const region = "eu-west-1";
const roleArn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

describe("credentials", () => {
  const env = useAwsEnvironment();
  const startSts = useSts();
  const serve = useServers();
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "credentials-test-"))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const keysOf = async (settings: Partial<ConnectionSettings>) => {
    const { accessKeyId, secretAccessKey, sessionToken } = await credentialsFor({
      region,
      assumeRoles: [],
      ...settings,
    })();
    return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  };
  const own = { accessKey: "AKIDOWN", secretKey: "secret-own" };
  const ofRole = (name: string) => ({
    accessKeyId: `AKIDOF${name}`,
    secretAccessKey: `secret-${name}`,
    sessionToken: `token-${name}`,
  });

  it("are the keys that are set, before all others", async () => {
    Object.assign(env, { AWS_ACCESS_KEY_ID: "AKIDENV", AWS_SECRET_ACCESS_KEY: "secret-env" });
    expect(await keysOf(own)).to.deep.equal({ accessKeyId: "AKIDOWN", secretAccessKey: "secret-own" });
    expect(await keysOf({ ...own, token: "token-own" })).to.deep.equal({
      accessKeyId: "AKIDOWN",
      secretAccessKey: "secret-own",
      sessionToken: "token-own",
    });
  });

  it("are those of the environment where nothing is set", async () => {
    Object.assign(env, {
      AWS_ACCESS_KEY_ID: "AKIDENV",
      AWS_SECRET_ACCESS_KEY: "secret-env",
      AWS_SESSION_TOKEN: "token-env",
    });
    expect(await keysOf({})).to.deep.equal({
      accessKeyId: "AKIDENV",
      secretAccessKey: "secret-env",
      sessionToken: "token-env",
    });
  });

  it("are those of the profile in the shared files, before those of the environment", async () => {
    Object.assign(env, { AWS_ACCESS_KEY_ID: "AKIDENV", AWS_SECRET_ACCESS_KEY: "secret-env" });
    const sharedCredentialsFile = join(folder, "credentials");
    await writeFile(
      sharedCredentialsFile,
      "[team]\naws_access_key_id = AKIDTEAM\naws_secret_access_key = secret-team\n",
    );
    expect(await keysOf({ profile: "team", sharedCredentialsFile })).to.deep.equal({
      accessKeyId: "AKIDTEAM",
      secretAccessKey: "secret-team",
    });
    const { name } = await failureOf(keysOf({ profile: "nobody", sharedCredentialsFile }));
    expect(name).to.equal("CredentialsProviderError");
  });

  it("are nobody else's where the profile does not exist", async () => {
    // The machine has credentials of its own.
    const { url } = await serve((_request, response) => {
      const keys = { AccessKeyId: "AKIDMACHINE", SecretAccessKey: "s", Token: "t" };
      response.end(JSON.stringify({ ...keys, Expiration: "2099-01-01T00:00:00Z" }));
    });
    env.AWS_CONTAINER_CREDENTIALS_FULL_URI = url;
    const { name, message } = await failureOf(keysOf({ profile: "nobody" }));
    expect(name).to.equal("CredentialsProviderError");
    expect(message).to.contain("nobody");
  });

  describe("of a profile of the environment", () => {
    /** Shared files of a config of this text. */
    let files = 0;
    const shared = async (text: string): Promise<Partial<ConnectionSettings>> => {
      // The SDK reads a file once in a process.
      const sharedConfigFile = join(folder, `config-${files++}`);
      await writeFile(sharedConfigFile, text);
      return { sharedConfigFile, sharedCredentialsFile: join(folder, "credentials") };
    };

    it("say that it is not there, and where it was looked for", async () => {
      const settings = await shared("[profile prod]\nregion = us-east-1\n");
      for (const [name, own, by] of [
        ["AWS_PROFILE", {}, ", which AWS_PROFILE names,"],
        ["AWS_DEFAULT_PROFILE", {}, ", which AWS_PROFILE names,"],
        ["OTHER", { profile: "prodd" }, ""],
      ] as const) {
        env[name] = "prodd";
        const { name: kind, message } = await failureOf(keysOf({ ...settings, ...own }));
        delete env[name];
        expect(kind).to.equal("CredentialsProviderError");
        expect(message).to.equal(
          `the profile prodd${by} is neither in ${settings.sharedConfigFile} nor in ${settings.sharedCredentialsFile}`,
        );
      }
    });

    it("say what its process has printed, and neither the command nor a secret", async () => {
      const script = join(folder, "login.sh");
      await writeFile(
        script,
        `echo "SSO session expired, run corp-login" >&2\necho 'token=planted "SecretAccessKey": "planted" AKIAPLANTEDPLANTED00' >&2\nexit 1\n`,
      );
      const process = `credential_process = sh ${script} --password planted\n`;
      for (const [section, profile] of [
        ["[default]\n", "default"],
        ["[profile prod]\n", "prod"],
      ] as const) {
        const settings = await shared(section + process);
        if (profile !== "default") env.AWS_PROFILE = profile;
        const { name, message } = await failureOf(keysOf(settings));
        expect(name).to.equal("CredentialsProviderError");
        expect(message)
          .to.contain(
            `the credential_process of the profile ${profile} failed: SSO session expired, run corp-login`,
          )
          .and.not.match(/planted/i);
      }
    });

    it("are the machine's where it says nothing of credentials", async () => {
      const { url } = await serve((_request, response) => {
        const keys = { AccessKeyId: "AKIDMACHINE", SecretAccessKey: "s", Token: "t" };
        response.end(JSON.stringify({ ...keys, Expiration: "2099-01-01T00:00:00Z" }));
      });
      env.AWS_CONTAINER_CREDENTIALS_FULL_URI = url;
      env.AWS_PROFILE = "prod";
      const settings = await shared("[profile prod]\nregion = us-east-1\n");
      expect(await keysOf(settings)).to.include({ accessKeyId: "AKIDMACHINE" });
    });
  });

  it("are of a role that a profile assumes, by the STS that is set", async () => {
    const { url, calls } = await startSts();
    const [sharedConfigFile, sharedCredentialsFile] = [join(folder, "config"), join(folder, "credentials")];
    await writeFile(
      sharedConfigFile,
      `[profile team]\nrole_arn = ${roleArn("team")}\nsource_profile = base\n`,
    );
    await writeFile(
      sharedCredentialsFile,
      "[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = secret-base\n",
    );
    const settings = { profile: "team", sharedConfigFile, sharedCredentialsFile, stsEndpoint: url };
    expect(await keysOf(settings)).to.deep.equal(ofRole("team"));
    expect(calls.map(({ signer }) => signer)).to.deep.equal([{ accessKeyId: "AKIDBASE", region }]);
  });

  it("are of each role in turn, assumed with those of the role before", async () => {
    const { url, calls } = await startSts();
    const keys = await keysOf({
      ...own,
      stsEndpoint: url,
      assumeRoles: [
        { roleArn: roleArn("first"), externalId: "planted-id", duration: "30m" },
        {
          roleArn: roleArn("second"),
          sessionName: "nightly",
          duration: "1h30m",
          policy: "{}",
          policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
          sourceIdentity: "ada",
          tags: { team: "prices", stage: "prod" },
          transitiveTagKeys: ["team"],
        },
      ],
    });
    expect(keys).to.deep.equal(ofRole("second"));
    expect(calls).to.deep.equal([
      {
        signer: { accessKeyId: "AKIDOWN", region },
        form: {
          Action: "AssumeRole",
          Version: "2011-06-15",
          RoleArn: roleArn("first"),
          RoleSessionName: "pulumi-dataexchange",
          ExternalId: "planted-id",
          DurationSeconds: "1800",
        },
      },
      {
        signer: { accessKeyId: "AKIDOFfirst", region, token: "token-first" },
        form: {
          Action: "AssumeRole",
          Version: "2011-06-15",
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

  it("fail with what STS says of a role", async () => {
    const { url } = await startSts();
    const { message } = await failureOf(
      keysOf({ ...own, stsEndpoint: url, assumeRoles: [{ roleArn: roleArn("forbidden") }] }),
    );
    expect(message).to.contain("may not assume forbidden");
  });

  it("are of a web identity, by its token or the file of it, and of a role on top", async () => {
    const { url, calls } = await startSts();
    const webIdentityTokenFile = join(folder, "token");
    await writeFile(webIdentityTokenFile, "token-in-file");
    const web = { roleArn: roleArn("web"), duration: "15m" };
    const settings = { stsEndpoint: url, assumeRoles: [{ roleArn: roleArn("top") }] };
    for (const given of [{ webIdentityTokenFile }, { webIdentityToken: "token-in-text" }]) {
      expect(await keysOf({ ...settings, assumeRoleWithWebIdentity: { ...web, ...given } })).to.deep.equal(
        ofRole("top"),
      );
    }
    const form = {
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: roleArn("web"),
      RoleSessionName: "pulumi-dataexchange",
      DurationSeconds: "900",
    };
    expect(calls.filter((_, i) => i % 2 === 0).map((call) => call.form)).to.deep.equal([
      { ...form, WebIdentityToken: "token-in-file" },
      { ...form, WebIdentityToken: "token-in-text" },
    ]);
    // Nobody signs who has only a token.
    expect(calls[0]!.signer.accessKeyId).to.equal(undefined);
    for (const call of [calls[1]!, calls[3]!])
      expect(call.signer).to.deep.equal({ accessKeyId: "AKIDOFweb", region, token: "token-web" });
  });
});
