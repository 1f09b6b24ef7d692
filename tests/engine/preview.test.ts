import type { Output } from "@pulumi/pulumi";
import { asset, output, unknown } from "@pulumi/pulumi";
import { expect } from "chai";

import type { JobArgs } from "../../index";
import { Job } from "../../index";
import { declareJob, importArgs } from "../harness/programs";
import { useStack } from "../harness/stack";

describe("a preview", function () {
  this.timeout("5m");
  const shared = useStack();

  it("refuses bad input, every failure at once, each with its path, and calls nobody", async () => {
    const { stack, service } = shared;
    const place = { dataSetId: "too-short", revisionId: "0".repeat(32) };
    const details = {
      importAssetsFromS3: { ...place, assetSources: [{ bucket: "b", key: "" }, { bucket: "b" }] },
    };
    const bad = { type: "IMPORT_ASSETS_FROM_S3", details, timeouts: { run: "soon" } } as unknown as JobArgs;
    const { error, stderr } = await stack.preview(declareJob(bad));
    expect(error).to.be.an("error");
    for (const path of [
      "details.importAssetsFromS3.dataSetId",
      "details.importAssetsFromS3.assetSources[0].key",
      "details.importAssetsFromS3.assetSources[1].key",
      "timeouts.run",
    ]) {
      expect(stderr).to.contain(`has a problem: ${path} `);
    }
    expect(service.countCalls()).to.deep.equal({});
  });

  it("shows neither the bytes of an upload nor an API key that it refuses", async () => {
    const { stack } = shared;
    const place = { dataSetId: "0".repeat(32), revisionId: "0".repeat(32) };
    const api = { ...place, apiId: "a", apiName: "n", protocolType: "SOAP", stage: "s", apiKey: 42 };
    const { error, stderr, stdout } = await stack.preview(
      declareJob({
        type: "IMPORT_ASSET_FROM_API_GATEWAY_API",
        details: {
          importAssetFromApiGatewayApi: { ...api, apiSpecificationMd5Hash: "x", apiKey: ["planted-api-key"] },
        },
        upload: new asset.StringAsset("planted-upload-bytes"),
      } as unknown as JobArgs),
    );
    expect(error).to.be.an("error");
    expect(stderr).to.contain("protocolType").and.to.contain("apiKey");
    expect(stderr + stdout + error!.message).not.to.contain("planted-");
  });

  it("names a region that is set nowhere", async () => {
    const { stack } = shared;
    const { AWS_REGION, ...others } = stack.stack.workspace.envVars as Record<string, string>;
    stack.stack.workspace.envVars = {
      ...others,
      AWS_REGION: "",
      AWS_DEFAULT_REGION: "",
      AWS_CONFIG_FILE: "/nowhere",
    };
    const place = { dataSetId: "0".repeat(32), revisionId: "0".repeat(32) };
    const { stderr } = await stack.preview(declareJob(importArgs(place, ["a"])));
    stack.stack.workspace.envVars = { ...others, AWS_REGION: AWS_REGION! };
    expect(stderr).to.match(/has a problem: region is set nowhere: .*aws:region/);
  });

  it("accepts what is not known yet, in one member, a whole list, all details or a body", async () => {
    const { stack, service } = shared;
    const notYet = <T>() => output(unknown) as unknown as Output<T>;
    const id = "0".repeat(32);
    const { error, changes } = await stack.preview(() => {
      new Job("member", {
        type: "IMPORT_ASSETS_FROM_S3",
        details: {
          importAssetsFromS3: {
            dataSetId: notYet<string>(),
            revisionId: id,
            assetSources: [{ bucket: "source", key: notYet<string>() }],
          },
        },
      });
      new Job("list", {
        type: "IMPORT_ASSETS_FROM_S3",
        details: { importAssetsFromS3: { dataSetId: id, revisionId: id, assetSources: notYet<never[]>() } },
      });
      new Job("all", { type: "IMPORT_ASSETS_FROM_S3", details: notYet<{ importAssetsFromS3: never }>() });
      new Job("body", {
        type: "IMPORT_ASSET_FROM_SIGNED_URL",
        details: { importAssetFromSignedUrl: { dataSetId: id, revisionId: id, assetName: "n" } },
        upload: notYet<asset.Asset>(),
      });
      return Promise.resolve();
    });
    expect(error?.message).to.equal(undefined);
    expect(changes).to.deep.equal({ create: 5 });
    expect(service.countCalls()).to.deep.equal({});
  });

  it("shows with --diff a source that is added at the end alone", async () => {
    const { stack, service } = shared;
    await service.createBucket("source", { "a.csv": "1", "b.csv": "2", "c.csv": "3" });
    const place = await service.createEmptyRevision();
    await stack.up(declareJob(importArgs(place, ["a.csv", "b.csv"])));
    const { stdout, changes } = await stack.preview(
      declareJob(importArgs(place, ["a.csv", "b.csv", "c.csv"])),
    );
    expect(changes).to.deep.equal({ replace: 1, same: 1 });
    const [, sources = ""] = /\n( *)~ assetSources: (\[.*?)\n\1 {2}\]/s.exec(stdout)?.slice(1) ?? [];
    expect(sources)
      .to.contain("b.csv")
      .and.to.match(/\+ \[2\]: \{\s*\+ bucket: "source"\s*\+ key {3}: "c.csv"/);
    expect(sources.match(/^ *[~+-] \[\d+\]/gm)).to.have.length(1);
    await stack.clearState();
  });
});
