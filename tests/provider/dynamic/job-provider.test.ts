import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

import { specialArchiveSig, specialAssetSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { expect } from "chai";

import { codesIn } from "../../../lib/message-code";
import { withPlainErrors } from "../../../provider/dynamic/data-exchange-provider";
import { Engine } from "../../../provider/dynamic/engine-client";
import { ProviderHost } from "../../../provider/dynamic/host";
import { JobProvider } from "../../../provider/dynamic/job-provider";
import { useServers } from "../../harness/http";
import { useAwsEnvironment } from "../support/environment";
import { failureOf, s3Export, s3Import, upload } from "../support/samples";

const region = "us-east-1";
const olds = {
  ...s3Import(),
  region,
  state: "COMPLETED",
  createdAt: "2026-01-05T12:00:00.000Z",
  __schema: 1,
};

describe("the provider as Pulumi's host calls it", () => {
  it("accepts good inputs as they are", async () => {
    const news = { ...s3Import(), region, __provider: "code" };
    const { inputs, failures = [] } = await new JobProvider().check({}, news);
    expect([inputs, failures]).to.deep.equal([news, []]);
  });

  it("names each failure's path as the program writes it", async () => {
    const news = { ...s3Import(["ok", ""]), region, upload: "x" };
    const { failures = [] } = await new JobProvider().check({}, news);
    expect(failures.map(({ property }) => property)).to.deep.equal(["", ""]);
    expect(failures[0]!.reason).to.match(
      /^details\.importAssetsFromS3\.assetSources\[1\]\.key .* \[empty-value\]$/,
    );
    expect(failures[1]!.reason).to.match(/^upload .* \[unused-upload\]$/);
  });

  for (const [what, signature] of [
    ["an archive", specialArchiveSig],
    ["an object that looks like an asset", undefined],
  ] as const) {
    it(`refuses ${what} as the upload`, async () => {
      const lookalike = { [specialSigKey]: signature, hash: "h", path: __filename };
      const { failures = [] } = await new JobProvider().check({}, { ...upload(), region, upload: lookalike });
      expect(failures.flatMap(({ reason }) => codesIn(reason))).to.deep.equal(["not-an-asset"]);
      const asset = { ...lookalike, [specialSigKey]: specialAssetSig };
      const taken = await new JobProvider().check({}, { ...upload(), region, upload: asset });
      expect(taken.failures ?? []).to.deep.equal([]);
    });
  }

  it("puts the default region into the inputs, so that a change of it is seen", async () => {
    const provider = new JobProvider();
    await provider.configure({
      config: { get: (key: string) => (key === "aws:region" ? "eu-west-1" : undefined) },
    } as never);
    const { inputs = {} } = await provider.check({}, s3Import() as never);
    expect(inputs).to.include({ region: "eu-west-1" });
    expect((await provider.diff("job1", olds, inputs)).replaces).to.deep.equal(["region"]);
  });

  it("accepts values that are not known yet", async () => {
    const news = {
      type: "EXPORT_ASSETS_TO_S3",
      details: { exportAssetsToS3: unknownValue },
      region: unknownValue,
    };
    expect((await new JobProvider().check({}, news)).failures ?? []).to.deep.equal([]);
  });

  it("never quotes a signed URL back", async () => {
    const news = { ...s3Import(), region, endpoint: "ftp://x", profile: "", adopt: "https://x/y?sig=abc" };
    const { failures = [] } = await new JobProvider().check({}, news);
    expect(failures).to.have.length(3);
    expect(JSON.stringify(failures)).to.not.contain("abc");
  });

  it("says what replaces, what updates and what is no change", async () => {
    const provider = new JobProvider();
    const news = { ...s3Import(), region };
    expect(await provider.diff("job1", olds, news)).to.deep.equal({ changes: false, replaces: [] });
    expect(await provider.diff("job1", olds, { ...news, adopt: "all" })).to.deep.equal({
      changes: true,
      replaces: [],
    });
    expect(await provider.diff("job1", olds, { ...s3Export(), region })).to.deep.equal({
      changes: true,
      replaces: ["type", "details"],
    });
  });

  it("plans a rerun though a part of the inputs is not known yet", async () => {
    const news = { ...s3Import(), region, triggers: [unknownValue] };
    expect((await new JobProvider().diff("job1", olds, news)).replaces).to.deep.equal(["triggers"]);
  });

  it("takes new inputs over without a session, let alone a call", async () => {
    const news = { ...s3Import(), region, onDelete: "deleteAssets" };
    expect((await new JobProvider().update("job1", olds, news)).outs).to.deep.include({ ...olds, ...news });
  });
});

describe("the provider of an engine that was killed at once", () => {
  const env = useAwsEnvironment();
  const serve = useServers();

  it("makes no job, though the engine has not taken a message yet", async () => {
    const asked: string[] = [];
    const { url } = await serve((request, response) => {
      asked.push(`${request.method} ${request.url!.split("?")[0]}`);
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ Jobs: [] }));
    });
    Object.assign(env, { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "secret" });

    const engine = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
    await once(engine, "listening");
    const { port } = engine.address() as AddressInfo;
    const provider = new JobProvider(new ProviderHost(new Engine(`127.0.0.1:${port}`)));
    const looked = once(engine, "connection");
    await provider.configure({ config: { get: () => undefined } } as never);
    await looked;
    await new Promise((resolve) => engine.close(resolve));

    const { message } = await failureOf(provider.create({ ...s3Import(), region, endpoint: url }));
    expect(message).to.contain("[engine-exited]");
    expect(asked).to.deep.equal([]);
  });
});

describe("a failure of a read or a delete", () => {
  const failure = () =>
    failureOf(
      withPlainErrors("Reading job j1", () =>
        Promise.reject(new Error("Job j1: GetJob failed; run `pulumi up` again.")),
      ),
    );

  it("is its sentence for the engine, and names no other command", async () =>
    expect((await failure()).message).to.equal("Job j1: GetJob failed; run the command again."));

  it("is one line, without the sentence and a stack, for the host that prints it", async () => {
    const error = await failure();
    expect(`${String(error)}: ${error.stack}`).to.equal(
      "Reading job j1 failed: the resource's own error says why",
    );
  });

  it("is none where all goes well", async () =>
    expect(await withPlainErrors("x", () => Promise.resolve(1))).to.equal(1));
});
