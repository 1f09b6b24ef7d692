import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { LocalDataExchange } from "../../emulator/index";
import { findAwsCli } from "../../scripts/find-aws-cli";
import { AwsCli, AwsCliProcess } from "./aws-cli";
import { need, oddKey, refusal, right, unknownKey, wrongSecret } from "./client";

describe("clients: signatures of aws-cli", function () {
  this.timeout(120_000);
  let aws: AwsCliProcess | undefined;
  let local: LocalDataExchange | undefined;
  let clientOf: (keys: typeof right) => AwsCli;

  before(async function () {
    aws = await AwsCliProcess.start(await need.call(this, findAwsCli));
    const { endpoint } = (local = await LocalDataExchange.start({ credentials: [right] }));
    clientOf = (keys) => new AwsCli(aws!, endpoint, keys);
    const client = clientOf(right);
    await client.makeBucket("vault");
    await client.put("vault", oddKey, Buffer.from("odd"));
  });
  after(() => Promise.all([local?.stop(), aws?.stop()]));

  it("are let in when they are right, in every service", async () => {
    const client = clientOf(right);
    const Tags = { "a b": "c+ü", "x:y=z": "" };
    const given = { AssetType: "S3_SNAPSHOT" as const, Name: "ü", Description: "d", Tags };
    const made = await client.ask("CreateDataSet", given);
    const AcceptanceState = ["PENDING_RECEIVER_ACCEPTANCE" as const, "ACCEPTED" as const];
    const [kept, identity, listed, body] = await Promise.all([
      client.ask("ListTagsForResource", { ResourceArn: made.Arn }),
      client.aws(["sts", "get-caller-identity", "--output", "json"]),
      client.aws(["s3", "ls", "s3://vault", "--recursive"]),
      client.get("vault", oddKey),
      client.ask("UntagResource", { ResourceArn: made.Arn, TagKeys: ["~ü+*'()!", "gone"] }),
      client.ask("ListReceivedDataGrants", { AcceptanceState }),
    ]);
    expect(kept.Tags).to.deep.equal(Tags);
    expect(JSON.parse(identity.toString())).to.include({ Account: right.accountId });
    expect(listed.toString()).to.contain(oddKey);
    expect(Buffer.from(body).toString()).to.equal("odd");
  });

  it("are let in as presigned URLs until they are changed or expire", async () => {
    const client = clientOf(right);
    const presign = async (...more: string[]) =>
      (await client.aws(["s3", "presign", `s3://vault/${oddKey}`, ...more])).toString().trim();
    const [url, short] = await Promise.all([presign(), presign("--expires-in", "1")]);
    expect(await (await fetch(url)).text()).to.equal("odd");

    const refused = async (changed: string, init?: RequestInit) => {
      const answer = await fetch(changed, init);
      expect(answer.status).to.equal(403);
      return /<Code>(\w+)/.exec(await answer.text())?.[1];
    };
    expect(await refused(url.replace("/vault/", "/other/"))).to.equal("SignatureDoesNotMatch");
    expect(await refused(url, { method: "DELETE" })).to.equal("SignatureDoesNotMatch");
    expect(await refused(url.replace("RIGHT", "WRONG"))).to.equal("InvalidAccessKeyId");
    expect(await refused(url.replace(/Expires=\d/, "Expires=9"))).to.equal("SignatureDoesNotMatch");
    while ((await fetch(short)).ok) await sleep(50);
    expect(await refused(short)).to.equal("AccessDenied");
  });

  it("are refused when they are not right, with the errors that the services have", async () => {
    for (const [keys, ofDataExchange, ofS3, ofSts] of [
      [wrongSecret, "InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch"],
      [unknownKey, "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidClientTokenId"],
    ] as const) {
      const client = clientOf(keys);
      const calls = [
        client.ask("ListJobs", {}),
        client.aws(["s3", "ls"]),
        client.aws(["sts", "get-caller-identity"]),
      ];
      expect(await Promise.all(calls.map(refusal))).to.deep.equal([ofDataExchange, ofS3, ofSts]);
    }
  });
});
