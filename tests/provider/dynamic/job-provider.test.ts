import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

import { specialArchiveSig, specialAssetSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { expect } from "chai";

import { codesIn } from "../../../lib/message-code";
import { withPlainErrors } from "../../../provider/dynamic/providers";
import { Engine } from "../../../provider/engine/engine-client";
import { ProviderHost } from "../../../provider/dynamic/host";
import { JobProvider } from "../../../provider/dynamic/providers";
import { JobSetProvider } from "../../../provider/dynamic/providers";
import { useServers } from "../../harness/http";
import { useAwsEnvironment } from "../../harness/environment";
import { importArgs } from "../../harness/programs";
import { TestService } from "../../harness/service";
import { failureOf, s3Import, upload } from "../../simulation/samples";

const region = "us-east-1";
const olds = {
  ...s3Import(),
  region,
  state: "COMPLETED",
  createdAt: "2026-01-05T12:00:00.000Z",
  __schema: 1,
};

const problemsOf = async (news: object) =>
  (await new JobProvider().check({}, { region, ...news })).failures?.map(({ reason }) => reason) ?? [];

describe("JobProvider.check", () => {
  it("returns valid inputs unchanged", async () => {
    const news = { ...s3Import(), region, __provider: "code" };
    const { inputs, failures = [] } = await new JobProvider().check({}, news);
    expect([inputs, failures]).to.deep.equal([news, []]);
  });

  it("names the path of each problem in its reason, and no property", async () => {
    const news = { ...s3Import(["ok", ""]), region, upload: "x" };
    const { failures = [] } = await new JobProvider().check({}, news);
    expect(failures.map(({ property }) => property)).to.deep.equal(["", ""]);
    expect(failures[0]!.reason).to.match(
      /^details\.importAssetsFromS3\.assetSources\[1\]\.key .* \[empty-value\]$/,
    );
    expect(failures[1]!.reason).to.match(/^upload .* \[unused-upload\]$/);
  });

  for (const [what, signature, codes] of [
    ["accepts an asset", specialAssetSig, []],
    ["rejects an archive", specialArchiveSig, ["not-an-asset"]],
    ["rejects an object that looks like an asset", undefined, ["not-an-asset"]],
  ] as const) {
    it(`${what} as the upload`, async () => {
      const body = { [specialSigKey]: signature, hash: "h", path: __filename };
      expect((await problemsOf({ ...upload(), upload: body })).flatMap(codesIn)).to.deep.equal(codes);
    });
  }

  it("adds the default region, so that its change replaces the job", async () => {
    const provider = new JobProvider();
    const config = { get: (key: string) => (key === "aws:region" ? "eu-west-1" : undefined) };
    await provider.configure({ config } as never);
    const { inputs = {} } = await provider.check({}, s3Import() as never);
    expect(inputs).to.include({ region: "eu-west-1" });
    expect((await provider.diff("job1", olds, inputs)).replaces).to.deep.equal(["region"]);
  });

  it("accepts unknown values", async () => {
    const details = { exportAssetsToS3: unknownValue };
    expect(await problemsOf({ type: "EXPORT_ASSETS_TO_S3", details, region: unknownValue })).to.deep.equal(
      [],
    );
  });

  it("does not quote a signed URL", async () => {
    const news = { ...s3Import(), endpoint: "ftp://x", profile: "", adopt: "https://x/y?sig=abc" };
    const problems = await problemsOf(news);
    expect(problems).to.have.length(3);
    expect(problems.join()).to.not.contain("abc");
  });
});

describe("JobProvider.diff", () => {
  it("plans a new job if a trigger is unknown", async () => {
    const news = { ...s3Import(), region, triggers: [unknownValue] };
    expect((await new JobProvider().diff("job1", olds, news)).replaces).to.deep.equal(["triggers"]);
  });
});

describe("JobSetProvider.diff", () => {
  const env = useAwsEnvironment();

  it("plans an update if an interrupted run left another job beside one of a set that failed", async () => {
    await using service = await TestService.start();
    Object.assign(env, { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "secret" });
    const host = new ProviderHost();
    const urn = "urn:pulumi:test::test::JobSet::interrupted";
    const { endpoint } = service.local;
    const jobs = { one: importArgs(await service.createEmptyRevision(), ["missing.csv"]) };
    const news = { region, endpoint, jobs, __urn: urn };
    const provider = new JobSetProvider(host);
    const error = await failureOf(provider.create(news));
    const { properties } = error as unknown as { properties: { results: { one: object } } };
    const completed = { ...properties, results: { one: { ...properties.results.one, state: "COMPLETED" } } };
    expect(await provider.diff("set", properties, news)).to.deep.equal({ changes: true });
    expect(await provider.diff("set", completed, news)).to.deep.equal({ changes: false });
    const key = await host.findResourceKey(news, `${urn}#one`);
    await host.records.write(key!, { work: "w", job: "job2" });
    expect(await provider.diff("set", completed, news)).to.deep.equal({ changes: true });
    await host.records.remove(key!, "job2");
  });
});

describe("JobProvider.create", () => {
  const env = useAwsEnvironment();
  const serve = useServers();

  it("creates no job after its engine was killed, even if the engine accepted no message", async () => {
    const requests: string[] = [];
    const { url } = await serve((request, response) => {
      requests.push(`${request.method} ${request.url!.split("?")[0]}`);
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ Jobs: [] }));
    });
    Object.assign(env, { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "secret" });

    const engine = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
    await once(engine, "listening");
    const { port } = engine.address() as AddressInfo;
    const provider = new JobProvider(new ProviderHost(new Engine(`127.0.0.1:${port}`)));
    const connected = once(engine, "connection");
    await provider.configure({ config: { get: () => undefined } } as never);
    await connected;
    await new Promise((resolve) => engine.close(resolve));

    const { message } = await failureOf(provider.create({ ...s3Import(), region, endpoint: url }));
    expect(message).to.contain("[engine-exited]");
    expect(requests).to.deep.equal([]);
  });
});

describe("withPlainErrors", () => {
  it("rejects with a message for the engine and one line for the host", async () => {
    const failed = () => Promise.reject(new Error("GetJob failed; run `pulumi up` again."));
    const error = await failureOf(withPlainErrors("Reading job j1", failed));
    expect(error.message).to.equal("GetJob failed; run the command again.");
    expect(`${String(error)}: ${error.stack}`).to.equal(
      "Reading job j1 failed: the resource's error has the reason",
    );
  });

  it("returns the result", async () =>
    expect(await withPlainErrors("x", () => Promise.resolve(1))).to.equal(1));
});
