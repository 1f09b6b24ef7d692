import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import type { JobArgs } from "../../index";
import { Job } from "../../index";
import { parsePreview, reviewOf, toMarkdown } from "../../review/index";
import { previewAsJson } from "../harness/review-result";
import { declareJob, importArgs } from "../harness/programs";
import { useStack } from "../harness/stack";

const id = "0".repeat(32);
const place = { dataSetId: id, revisionId: id };
const source = importArgs(place, ["a.csv"]);
const planted = pulumi.secret("planted");

const fileAt = (uri: string) => ({
  type: "IMPORT_ASSET_FROM_SIGNED_URL",
  details: { importAssetFromSignedUrl: { ...place, assetName: "n" } },
  upload: new pulumi.asset.RemoteAsset(uri),
});

/** Inputs that are refused, each with a secret where it does not belong, and the path that must be named. */
const refused: [what: string, args: object, path: string][] = [
  ["an argument that no Job has", { ...source, apiKey: planted }, "apiKey"],
  ["a password in an endpoint without a scheme", { ...source, endpoint: "me:planted@host" }, "endpoint"],
  ["a password in an endpoint", { ...source, endpoint: "https://me:planted@host" }, "endpoint"],
  ["a type", { ...source, type: planted }, "type"],
  ["a choice", { ...source, adopt: planted }, "adopt"],
  [
    "an id",
    importArgs({ dataSetId: planted as never, revisionId: id }, ["a"]),
    "importAssetsFromS3.dataSetId",
  ],
  ["details", { ...source, details: planted }, "details"],
  ["an upload", { ...source, upload: new pulumi.asset.StringAsset("planted") }, "upload"],
  ["an archive of secrets", { ...source, triggers: [pulumi.secret(archive())] }, "triggers[0]"],
  ["the URL of a file that cannot be fetched", fileAt("http://127.0.0.1:4/?Signature=planted"), "upload"],
  ["the password of an unknown scheme", fileAt("sftp://me:planted@127.0.0.1/x"), "upload"],
];

function archive(): pulumi.asset.Archive {
  return new pulumi.asset.AssetArchive({ f: new pulumi.asset.StringAsset("planted") });
}

describe("a refusal", function () {
  this.timeout("5m");
  const shared = useStack();

  it("names the path, and shows nowhere what was given", async () => {
    const { stack, service } = shared;
    for (const [what, args, path] of refused) {
      const program = declareJob(args as JobArgs);
      const { error, stdout, stderr } = await stack.preview(program);
      expect(error, what).to.be.an("error");
      expect(stderr, what).to.contain(path);
      const json = await previewAsJson(stack, program);
      const comment = toMarkdown(reviewOf(parsePreview(json)));
      for (const text of [stdout, stderr, error!.message, json, comment])
        expect(text, what).not.to.contain("planted");
    }
    expect(service.countCalls()).to.deep.equal({});
  });

  it("of the stack's config names no property", async () => {
    const { stack } = shared;
    for (const [key, value] of [
      ["dataexchange:concurrentJobs", "many"],
      ["aws:endpoints", "no JSON"],
    ] as const) {
      await stack.stack.setConfig(key, { value });
      const { stderr } = await stack.preview(declareJob(source));
      await stack.stack.removeConfig(key);
      expect(stderr).to.contain(`has a problem: The stack's config ${key} `);
    }
  });
});

describe("remote files", function () {
  this.timeout("5m");
  const shared = useStack();

  it("are uploaded and compared by their content, and their URL stands nowhere", async () => {
    const { stack, service } = shared;
    const revision = await service.createEmptyRevision();
    await service.createBucket("source", { "a.csv": "1" });
    let body = "one";
    const server = createServer((request, answer) => {
      const isMe = request.headers.authorization === `Basic ${btoa("me:planted")}`;
      answer.writeHead(isMe ? 200 : 401).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    let visit = 0;
    const file = () =>
      new pulumi.asset.RemoteAsset(`http://me:planted@127.0.0.1:${port}/x?Signature=planted${++visit}`);
    const program = () => {
      new Job("upload", {
        type: "IMPORT_ASSET_FROM_SIGNED_URL",
        details: { importAssetFromSignedUrl: { ...revision, assetName: "n" } },
        upload: file(),
      });
      new Job("triggered", {
        ...importArgs(revision, ["a.csv"]),
        triggers: { file: pulumi.output(file()) },
      });
      return Promise.resolve();
    };
    const first = await stack.up(program);
    const same = await stack.up(program);
    body = "two";
    const changed = await stack.preview(program);
    server.close();
    for (const run of [first, same, changed]) expect(run.error?.message).to.equal(undefined);
    expect(same.changes).to.not.have.any.keys("replace", "update", "create-replacement");
    expect(changed.changes).to.deep.include({ replace: 2 });
    const shown = [first, same, changed].map(({ stdout, stderr }) => stdout + stderr).join("");
    for (const text of [shown, await stack.readState()]) expect(text).not.to.contain("planted");
  });
});
