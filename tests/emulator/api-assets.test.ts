import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { DataExchangeClient, SendApiAssetCommand } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { EmulatorService, jobRequest, rejection } from "./support";

const specification = JSON.stringify({
  openapi: "3.0.1",
  info: { title: "prices", version: "1" },
  paths: {},
});

const reached: IncomingHttpHeaders[] = [];

/** An API of one's own: says what reached it, and how it was asked to answer. */
async function ownApi() {
  const server = createServer((call, answer) => {
    void text(call).then((body) => {
      answer.setHeader("x-answered-by", "own api");
      answer.statusCode = Number(call.headers["x-want-status"] ?? 200);
      answer.end(
        JSON.stringify({ method: call.method, url: call.url, custom: call.headers["x-custom"], body }),
      );
      reached.push(call.headers);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/stage`;
  return { url, stop: () => new Promise((resolve) => server.close(resolve)) };
}

describe("emulator: SendApiAsset", () => {
  let service: EmulatorService;
  let dx: DataExchangeClient;
  let api: Awaited<ReturnType<typeof ownApi>>;
  let asset: { DataSetId: string; RevisionId: string; AssetId: string };

  before(async () => {
    api = await ownApi();
    service = await EmulatorService.start({ apis: { "run-here": api.url } });
    dx = new DataExchangeClient({
      endpoint: service.local.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "K", secretAccessKey: "s" },
      disableHostPrefix: true,
      maxAttempts: 1,
    });
    asset = await licensed("run-here");
  });
  after(async () => {
    await service.stop();
    await api.stop();
  });

  async function licensed(ApiId: string) {
    const ids = await service.createRevisionIds("API_GATEWAY_API");
    const ApiSpecificationMd5Hash = createHash("md5").update(specification).digest("base64");
    const details = { ...ids, ApiId, ApiName: "prices", ProtocolType: "REST" as const, Stage: "prod" };
    const JobId = await service.createJob(
      jobRequest("ImportAssetFromApiGatewayApi", { ...details, ApiSpecificationMd5Hash }),
    );
    const { Details } = await service.call("GetJob", { JobId });
    await fetch(Details!.ImportAssetFromApiGatewayApi!.ApiSpecificationUploadUrl!, {
      method: "PUT",
      body: specification,
    });
    expect((await service.finishJob(JobId)).State).to.equal("COMPLETED");
    return { ...ids, AssetId: (await service.listAssets(ids))[0]!.Id! };
  }

  it("passes a call on to where the API answers, and its answer back", async () => {
    const answer = await service.call(
      "SendApiAsset",
      {
        ...asset,
        Method: "POST",
        Path: "/rates/EUR",
        QueryStringParameters: { day: "2026-01-01", q: "a b&c" },
        RequestHeaders: { "x-custom": "yes" },
        Body: '{"wanted":1}',
      },
      dx,
    );
    expect(JSON.parse(answer.Body!)).to.deep.equal({
      method: "POST",
      url: "/stage/rates/EUR?day=2026-01-01&q=a+b%26c",
      custom: "yes",
      body: '{"wanted":1}',
    });
    expect(answer.ResponseHeaders!["x-answered-by"]).to.equal("own api");
  });

  it("takes a call by its own verb and path, and passes the API's status on", async () => {
    const { port } = new URL(service.local.endpoint);
    const scope = "K/20260101/us-east-1/dataexchange/aws4_request";
    const call = request({
      port,
      method: "PUT",
      // As a client behind a proxy sends it, to the host that the service has for such calls.
      path: `http://api-fulfill.dataexchange.local/v1/things/7?x=1`,
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`,
        "x-amzn-dataexchange-data-set-id": asset.DataSetId,
        "x-amzn-dataexchange-revision-id": asset.RevisionId,
        "x-amzn-dataexchange-asset-id": asset.AssetId,
        "x-amzn-dataexchange-header-x-want-status": "418",
      },
    });
    const answer = await new Promise<{ status?: number; body: string }>((resolve, reject) => {
      call.once("error", reject);
      call.once("response", (response) => {
        void text(response).then((body) => resolve({ status: response.statusCode, body }));
      });
      call.end("raw");
    });
    expect(answer.status).to.equal(418);
    expect(JSON.parse(answer.body)).to.deep.equal({ method: "PUT", url: "/stage/things/7?x=1", body: "raw" });
  });

  it("answers with the call itself where nobody runs the API", async () => {
    const elsewhere = await licensed("not-here");
    const { Body } = await service.call("SendApiAsset", { ...elsewhere, Method: "GET", Path: "/a" }, dx);
    expect(JSON.parse(Body!)).to.deep.include({ api: "prices", stage: "prod", method: "GET", path: "/a" });
  });

  it("tells the API what is called and who calls, and keeps from it what is Amazon's", async () => {
    const RequestHeaders = {
      "x-amz-source-account": "999999999999",
      Authentication: "secret",
      accept: "a/b",
    };
    await service.call("SendApiAsset", { ...asset, Path: "/", RequestHeaders }, dx);
    const ids = `data-sets/${asset.DataSetId}/revisions/${asset.RevisionId}/assets/${asset.AssetId}`;
    const headers = reached.at(-1)!;
    expect(headers).to.include({
      accept: "a/b",
      "x-amz-source-account": "000000000000",
      "x-amz-source-arn": `arn:aws:dataexchange:us-east-1:000000000000:${ids}`,
      "x-amzn-dataexchange-asset-id": asset.AssetId,
      "x-amzn-dataexchange-data-set-id": asset.DataSetId,
      "x-amzn-dataexchange-revision-id": asset.RevisionId,
      "x-amzn-dataexchange-requester-account-id": "000000000000",
    });
    expect(headers).not.to.have.property("authentication");
  });

  it("tells the API of its owner's asset when a subscriber calls", async () => {
    const { DataSetId, RevisionId } = asset;
    await service.call("UpdateRevision", { DataSetId, RevisionId, Finalized: true });
    const subscriber = service.connect("us-east-1", "222222222222");
    const { Arn, DataSetId: entitled } = await service.call("CreateDataGrant", {
      ...{ Name: "g", GrantDistributionScope: "NONE", SourceDataSetId: DataSetId },
      ReceiverPrincipal: "222222222222",
    });
    await service.call("AcceptDataGrant", { DataGrantArn: Arn }, subscriber);
    const [revision] = (await service.call("ListDataSetRevisions", { DataSetId: entitled }, subscriber))
      .Revisions!;
    const ids = { DataSetId: entitled!, RevisionId: revision!.Id! };
    const [seen] = (await service.call("ListRevisionAssets", ids, subscriber)).Assets!;
    const scope = "222222222222/20260101/us-east-1/dataexchange/aws4_request";
    await fetch(`${service.local.endpoint}/v1/prices`, {
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`,
        "x-amzn-dataexchange-data-set-id": ids.DataSetId,
        "x-amzn-dataexchange-revision-id": ids.RevisionId,
        "x-amzn-dataexchange-asset-id": seen!.Id!,
      },
    });
    expect(reached.at(-1)).to.include({
      "x-amz-source-account": "000000000000",
      "x-amzn-dataexchange-asset-id": asset.AssetId,
      "x-amzn-dataexchange-data-set-id": asset.DataSetId,
      "x-amzn-dataexchange-requester-account-id": "222222222222",
    });
  });

  it("does not let a path lead away from the API, nor a request break HTTP", async () => {
    for (const more of [{ Path: "/../../admin" }, { Method: "NO PE" }]) {
      const error = await rejection(service.call("SendApiAsset", { ...asset, ...more }, dx));
      expect(error.name).to.be.oneOf(["AccessDeniedException", "ValidationException"]);
    }
  });

  it("refuses an asset that is no API", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ a: "1" });
    const call = new SendApiAssetCommand({ ...ids, AssetId: assets[0]!.Id! });
    await rejection(dx.send(call), "ValidationException");
  });
});
