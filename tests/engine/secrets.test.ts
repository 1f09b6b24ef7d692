import { asset, secret } from "@pulumi/pulumi";
import { expect } from "chai";

import { Job } from "../../index";
import { openApi } from "../harness/one-job-per-type";
import { declareJob } from "../harness/programs";
import { useStack } from "../harness/stack";
import { credentials } from "../harness/service";

describe("secrets", function () {
  this.timeout("5m");
  const access: string[] = [];
  const shared = useStack({ onRequest: (entry) => access.push(JSON.stringify(entry)) });

  it("are in clear nowhere: state, display, events, messages, stack outputs and access log", async () => {
    const { stack, service } = shared;
    const files = await service.createEmptyRevision();
    const apis = await service.createEmptyRevision("API_GATEWAY_API");
    await service.createBucket("source", { "a.csv": "1" });
    const { assetId } = await service.importAsset(files, "source", "a.csv");
    const urls: string[] = [];
    const program = (stage: string) => () => {
      const api = new Job("api", {
        type: "IMPORT_ASSET_FROM_API_GATEWAY_API",
        details: {
          importAssetFromApiGatewayApi: {
            ...apis,
            apiId: "abc",
            apiName: "prices",
            protocolType: "REST",
            stage,
            apiKey: "planted-api-key",
          },
        },
        upload: new asset.StringAsset(openApi("planted-upload-bytes")),
      });
      const download = new Job("download", {
        type: "EXPORT_ASSET_TO_SIGNED_URL",
        details: { exportAssetToSignedUrl: { ...files, assetId } },
        triggers: [stage],
      });
      new Job("upload", {
        type: "IMPORT_ASSET_FROM_SIGNED_URL",
        details: { importAssetFromSignedUrl: { ...files, assetName: "planted.txt".slice(8) } },
        upload: new asset.StringAsset("planted-upload-bytes"),
      });
      download.signedUrl.apply((known) => urls.push(known ?? "none"));
      return Promise.resolve({
        key: api.apiKey,
        details: api.details,
        download: download.signedUrl,
      });
    };

    const runs = [
      await stack.preview(program("prod")),
      await stack.up(program("prod")),
      await stack.refresh(),
      await stack.preview(program("next")),
      await stack.up(program("next")),
    ];
    const state = await stack.readState();
    for (const run of runs) expect(run.error?.message).to.equal(undefined);
    runs.push(await stack.destroy());

    const signatures = urls.map((url) => new URL(url).search).filter((query) => query.length > 1);
    expect(signatures.length).to.be.at.least(2);
    const planted = ["planted-api-key", "planted-upload-bytes", credentials.secretAccessKey, ...signatures];
    const places = {
      state,
      display: runs.map(({ stdout, stderr }) => stdout + stderr).join(""),
      // The engine's debug lines carry what the program itself registered; they are for the program's own log.
      events: JSON.stringify(runs.flatMap(({ events }) => events.filter((event) => !isDebug(event)))),
      access: access.join("\n"),
      requests: JSON.stringify(service.local.requests),
    };
    for (const [place, text] of Object.entries(places)) {
      expect(text.length, place).to.be.greaterThan(0);
      for (const secret of planted)
        expect(text.includes(secret), `${secret.slice(0, 24)} in ${place}`).to.equal(false);
    }
    // The display masks them, and the program that asked for them has them.
    for (const name of ["key", "download"]) {
      expect(runs[1]!.outputs[name]?.secret, name).to.equal(true);
    }
    expect(runs[1]!.outputs.key?.value).to.equal("planted-api-key");
  });
});

describe("a secret within details", function () {
  this.timeout("5m");
  const shared = useStack();

  it("is in clear neither in state nor on display, wherever the service repeats it", async () => {
    const { stack, service } = shared;
    const place = await service.createEmptyRevision();
    await service.createBucket("source", { "planted-key.csv": "1" });
    const sources = secret([{ bucket: "source", key: "planted-key.csv" }]);
    const runs = [
      await stack.up(
        declareJob({
          type: "IMPORT_ASSETS_FROM_S3",
          details: { importAssetsFromS3: { ...place, assetSources: sources } },
        }),
      ),
      await stack.refresh(),
    ];
    for (const run of runs) expect(run.error?.message).to.equal(undefined);
    expect(await service.listAssetNames(place)).to.deep.equal(["planted-key.csv"]);
    const shown = runs.map(({ stdout, stderr }) => stdout + stderr).join("");
    for (const text of [await stack.readState(), shown]) expect(text).not.to.contain("planted-key");
  });
});

const isDebug = ({ diagnosticEvent }: { diagnosticEvent?: { severity: string } }): boolean =>
  diagnosticEvent?.severity === "debug";
