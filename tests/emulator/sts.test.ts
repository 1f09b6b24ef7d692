import { CreateDataSetCommand, DataExchangeClient, ListDataSetsCommand } from "@aws-sdk/client-dataexchange";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { expect } from "chai";
import { LocalDataExchange } from "../../emulator/index";
import { Sessions } from "../../emulator/http/credentials";

const region = "us-east-1";
const RoleArn = "arn:aws:iam::333333333333:role/data/publisher";
const known = { accessKeyId: "AKIDKNOWN", secretAccessKey: "known-secret", accountId: "111111111111" };

/** Asks without a client, so that every answer is seen as it is. */
async function ask(
  local: LocalDataExchange,
  input: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const body = new URLSearchParams({ Version: "2011-06-15", ...input });
  const answer = await fetch(local.endpoint, { method: "POST", body, headers });
  return { status: answer.status, text: await answer.text() };
}

const scoped = (service: string, key = "AKIDANY", token?: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=00`,
  ...(token !== undefined && { "x-amz-security-token": token }),
});

const inXml = (name: string, text: string): string => new RegExp(`<${name}>([^<]*)`).exec(text)?.[1] ?? "";

const nameOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "nothing",
    ({ name }: Error) => name,
  );

describe("emulator: roles", () => {
  for (const credentials of [undefined, [known]]) {
    describe(credentials ? "with credentials" : "without credentials", () => {
      let local: LocalDataExchange;
      before(async () => (local = await LocalDataExchange.start({ credentials })));
      after(() => local.stop());

      const assumed = (masterCredentials = known, DurationSeconds = 3600) =>
        fromTemporaryCredentials({
          masterCredentials,
          params: { RoleArn, RoleSessionName: "nightly", DurationSeconds },
          clientConfig: { region, endpoint: local.endpoint },
        });

      it("are assumed by the official client, and act in the account of their ARN", async () => {
        const settings = { endpoint: local.endpoint, region, credentials: assumed() };
        const dx = new DataExchangeClient(settings);
        const s3 = new S3Client({ ...settings, forcePathStyle: true });
        const made = await dx.send(
          new CreateDataSetCommand({ AssetType: "S3_SNAPSHOT", Name: "n", Description: "d" }),
        );
        expect(made.Arn).to.include(":333333333333:");
        await s3.send(new CreateBucketCommand({ Bucket: "roles" }));
        await s3.send(new PutObjectCommand({ Bucket: "roles", Key: "k", Body: "v" }));
        const got = await s3.send(new GetObjectCommand({ Bucket: "roles", Key: "k" }));
        expect(await got.Body!.transformToString()).to.equal("v");
        dx.destroy();
        s3.destroy();
      });

      it("may be assumed by a role", async () => {
        const second = fromTemporaryCredentials({
          masterCredentials: assumed(),
          params: { RoleArn: "arn:aws:iam::444444444444:role/second", RoleSessionName: "chain" },
          clientConfig: { region, endpoint: local.endpoint },
        });
        const dx = new DataExchangeClient({ endpoint: local.endpoint, region, credentials: second });
        const made = await dx.send(
          new CreateDataSetCommand({ AssetType: "S3_SNAPSHOT", Name: "n", Description: "d" }),
        );
        expect(made.Arn).to.include(":444444444444:");
        dx.destroy();
      });

      it("are not the caller's when the token was changed, is another's or is left out", async () => {
        const { accessKeyId, secretAccessKey, sessionToken } = await assumed()();
        const other = await assumed()();
        const [text = "", seal = ""] = sessionToken!.split(".");
        const forged = Buffer.from(text, "base64url").toString().replaceAll("333333333333", "111111111111");
        const tokens = [
          undefined,
          other.sessionToken,
          `${Buffer.from(forged).toString("base64url")}.${seal}`,
          "x",
        ];
        for (const token of tokens) {
          const dx = new DataExchangeClient({
            endpoint: local.endpoint,
            region,
            credentials: { accessKeyId, secretAccessKey, sessionToken: token },
          });
          const list = dx.send(new ListDataSetsCommand({}));
          if (credentials) expect(await nameOf(list)).to.equal("UnrecognizedClientException");
          // Every key is let in then, and this one acts in the service's own account.
          else expect((await list).DataSets).to.deep.equal([]);
          dx.destroy();
        }
      });
    });
  }

  it("are whom GetCallerIdentity names", async () => {
    const local = await LocalDataExchange.start();
    const input = { Action: "AssumeRole", RoleArn, RoleSessionName: "nightly" };
    const { status, text } = await ask(local, input, scoped("sts"));
    expect([status, inXml("Arn", text)]).to.deep.equal([
      200,
      "arn:aws:sts::333333333333:assumed-role/publisher/nightly",
    ]);
    expect(inXml("AccessKeyId", text)).to.match(/^ASIA[A-Z2-7]{16}$/);
    expect(Date.parse(inXml("Expiration", text))).to.be.closeTo(Date.now() + 3_600_000, 60_000);
    const session = scoped("sts", inXml("AccessKeyId", text), inXml("SessionToken", text));
    const who = await ask(local, { Action: "GetCallerIdentity" }, session);
    expect(["Account", "Arn", "UserId"].map((name) => inXml(name, who.text))).to.deep.equal([
      "333333333333",
      inXml("Arn", text),
      inXml("AssumedRoleId", text),
    ]);
    await local.stop();
  });

  it("are assumed with a web identity where signatures are not verified, and only there", async () => {
    const input = {
      Action: "AssumeRoleWithWebIdentity",
      RoleArn,
      RoleSessionName: "ci",
      WebIdentityToken: "header.claims.signature",
    };
    const open = await LocalDataExchange.start();
    expect((await ask(open, input)).text).to.include("assumed-role/publisher/ci");
    expect((await ask(open, { ...input, WebIdentityToken: "" })).status).to.equal(400);
    await open.stop();
    const closed = await LocalDataExchange.start({ credentials: [known] });
    const refused = await ask(closed, input);
    expect([refused.status, inXml("Code", refused.text)]).to.deep.equal([403, "AccessDenied"]);
    expect((await ask(closed, { ...input, Action: "AssumeRole" })).status).to.equal(403);
    await closed.stop();
  });

  it("are refused when the request is wrong", async () => {
    const local = await LocalDataExchange.start();
    const right = { Action: "AssumeRole", RoleArn, RoleSessionName: "nightly" };
    const wrongs: Record<string, string>[] = [
      { RoleArn: "" },
      { RoleArn: "arn:aws:iam::333:role/x" },
      { RoleArn: "arn:aws:iam::333333333333:user/x" },
      { RoleSessionName: "a" },
      { RoleSessionName: "a b" },
      { DurationSeconds: "899" },
      { DurationSeconds: "43201" },
      { DurationSeconds: "x" },
    ];
    for (const wrong of wrongs) {
      const { status, text } = await ask(local, { ...right, ...wrong }, scoped("sts"));
      expect([status, inXml("Code", text)], JSON.stringify(wrong)).to.deep.equal([400, "ValidationError"]);
    }
    await local.stop();
  });

  it("end when their time is over, whoever asks", () => {
    const sessions = new Sessions();
    const session = { account: "333333333333", arn: "a", userId: "u" };
    const { accessKeyId, sessionToken } = sessions.issue({ ...session, expiresAt: Date.now() - 1 });
    expect(() => sessions.find(accessKeyId, sessionToken)).to.throw(/expired/);
    const live = sessions.issue({ ...session, expiresAt: Date.now() + 60_000 });
    expect(sessions.find(live.accessKeyId, live.sessionToken)).to.deep.include(session);
    expect(new Sessions().find(live.accessKeyId, live.sessionToken)).to.equal(undefined);
  });
});
