import type { DataExchangeClientConfig } from "@aws-sdk/client-dataexchange";
import { DataExchange } from "@aws-sdk/client-dataexchange";
import { S3 } from "@aws-sdk/client-s3";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { expect } from "chai";
import { LocalDataExchange } from "../../emulator/index";
import { Sessions } from "../../emulator/http/credentials";
import type { PlainAnswer } from "../harness/http";
import { sendPlain, signedFor } from "../harness/http";
import { rejection } from "../harness/emulator-service";

const region = "us-east-1";
const RoleArn = "arn:aws:iam::333333333333:role/data/publisher";
const known = { accessKeyId: "AKIDKNOWN", secretAccessKey: "known-secret", accountId: "111111111111" };

/** Sends a request without a client. */
async function send(
  local: LocalDataExchange,
  input: Record<string, string>,
  signature: Record<string, string> = {},
): Promise<PlainAnswer> {
  const body = new URLSearchParams({ Version: "2011-06-15", ...input }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded", ...signature };
  return sendPlain(local.endpoint, "POST", "/", { headers, body });
}

const inXml = (name: string, text: string): string => new RegExp(`<${name}>([^<]*)`).exec(text)?.[1] ?? "";

const dataSet = { AssetType: "S3_SNAPSHOT", Name: "n", Description: "d" } as const;

describe("emulator: STS", () => {
  for (const credentials of [undefined, [known]]) {
    describe(credentials ? "with credentials" : "without credentials", () => {
      let local: LocalDataExchange;
      before(async () => (local = await LocalDataExchange.start({ credentials })));
      after(() => local.stop());

      type Source = Parameters<typeof fromTemporaryCredentials>[0]["masterCredentials"];
      const assume = (masterCredentials: Source = known, role = RoleArn) =>
        fromTemporaryCredentials({
          masterCredentials,
          params: { RoleArn: role, RoleSessionName: "nightly" },
          clientConfig: { region, endpoint: local.endpoint },
        });

      const connect = (roleCredentials: DataExchangeClientConfig["credentials"]) =>
        new DataExchange({ endpoint: local.endpoint, region, credentials: roleCredentials });

      it("lets the SDK assume a role and act in the account of its ARN", async () => {
        const dx = connect(assume());
        expect((await dx.createDataSet(dataSet)).Arn).to.include(":333333333333:");
        dx.destroy();
        const settings = { endpoint: local.endpoint, region, credentials: assume(), forcePathStyle: true };
        const s3 = new S3(settings);
        await s3.createBucket({ Bucket: "roles" });
        await s3.putObject({ Bucket: "roles", Key: "k", Body: "v" });
        const got = await s3.getObject({ Bucket: "roles", Key: "k" });
        expect(await got.Body!.transformToString()).to.equal("v");
        s3.destroy();
      });

      it("lets a role assume another role", async () => {
        const dx = connect(assume(assume(), "arn:aws:iam::444444444444:role/second"));
        expect((await dx.createDataSet(dataSet)).Arn).to.include(":444444444444:");
        dx.destroy();
      });

      it("ignores a role's key with a changed, foreign or missing token", async () => {
        const { accessKeyId, secretAccessKey, sessionToken } = await assume()();
        const other = await assume()();
        const [text = "", seal = ""] = sessionToken!.split(".");
        const changed = Buffer.from(text, "base64url").toString().replaceAll("333333333333", "111111111111");
        const forged = `${Buffer.from(changed).toString("base64url")}.${seal}`;
        for (const token of [undefined, other.sessionToken, forged, "x"]) {
          const dx = connect({ accessKeyId, secretAccessKey, sessionToken: token });
          const list = dx.listDataSets({});
          if (credentials) await rejection(list, "UnrecognizedClientException");
          // Without verification, every key is accepted, and this key acts in the service's own account.
          else expect((await list).DataSets).to.deep.equal([]);
          dx.destroy();
        }
      });
    });
  }

  it("names the assumed role in GetCallerIdentity", async () => {
    const local = await LocalDataExchange.start();
    const input = { Action: "AssumeRole", RoleArn, RoleSessionName: "nightly" };
    const { body: text } = await send(local, input, signedFor("sts"));
    expect(inXml("Arn", text)).to.equal("arn:aws:sts::333333333333:assumed-role/publisher/nightly");
    expect(inXml("AccessKeyId", text)).to.match(/^ASIA[A-Z2-7]{16}$/);
    expect(Date.parse(inXml("Expiration", text))).to.be.closeTo(Date.now() + 3_600_000, 60_000);
    const token = { "x-amz-security-token": inXml("SessionToken", text) };
    const session = { ...signedFor("sts", inXml("AccessKeyId", text)), ...token };
    const { body } = await send(local, { Action: "GetCallerIdentity" }, session);
    expect(["Account", "Arn", "UserId"].map((name) => inXml(name, body))).to.deep.equal([
      "333333333333",
      inXml("Arn", text),
      inXml("AssumedRoleId", text),
    ]);
    await local.stop();
  });

  it("accepts a web identity only if it does not verify signatures", async () => {
    const role = { RoleArn, RoleSessionName: "ci", WebIdentityToken: "header.claims.signature" };
    const input = { Action: "AssumeRoleWithWebIdentity", ...role };
    const open = await LocalDataExchange.start();
    expect((await send(open, input)).body).to.include("assumed-role/publisher/ci");
    expect((await send(open, { ...input, WebIdentityToken: "" })).status).to.equal(400);
    await open.stop();
    const closed = await LocalDataExchange.start({ credentials: [known] });
    expect((await send(closed, input)).outcome).to.equal("403 AccessDenied");
    expect((await send(closed, { ...input, Action: "AssumeRole" })).status).to.equal(403);
    await closed.stop();
  });

  it("rejects invalid AssumeRole requests", async () => {
    const local = await LocalDataExchange.start();
    const right = { Action: "AssumeRole", RoleArn, RoleSessionName: "nightly" };
    for (const wrong of [
      { RoleArn: "" },
      { RoleArn: "arn:aws:iam::333:role/x" },
      { RoleArn: "arn:aws:iam::333333333333:user/x" },
      { RoleSessionName: "a" },
      { RoleSessionName: "a b" },
      { DurationSeconds: "899" },
      { DurationSeconds: "43201" },
      { DurationSeconds: "x" },
    ]) {
      const answer = await send(local, { ...right, ...wrong } as Record<string, string>, signedFor("sts"));
      expect(answer.outcome, JSON.stringify(wrong)).to.equal("400 ValidationError");
    }
    await local.stop();
  });

  it("ends a session at its expiry, and rejects tokens of another process", () => {
    const sessions = new Sessions();
    const session = { account: "333333333333", arn: "a", userId: "u" };
    const { accessKeyId, sessionToken } = sessions.issue({ ...session, expiresAt: Date.now() - 1 });
    expect(() => sessions.find(accessKeyId, sessionToken)).to.throw(/expired/);
    const live = sessions.issue({ ...session, expiresAt: Date.now() + 60_000 });
    expect(sessions.find(live.accessKeyId, live.sessionToken)).to.deep.include(session);
    expect(new Sessions().find(live.accessKeyId, live.sessionToken)).to.equal(undefined);
  });
});
