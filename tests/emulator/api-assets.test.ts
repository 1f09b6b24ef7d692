import type { IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import type { DataExchange } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import type { TestServer } from "../harness/http";
import { sendPlain, signedFor, startServer } from "../harness/http";
import type { SdkIds } from "../harness/emulator-service";
import { EmulatorService, rejection } from "../harness/emulator-service";

const subscriber = "222222222222";
interface AssetIds extends SdkIds {
  readonly AssetId: string;
}

describe("emulator: SendApiAsset", () => {
  let service: EmulatorService;
  let client: DataExchange;
  /** Answers with the request, and with the status that the request names. */
  let api: TestServer;
  let asset: AssetIds;
  let received: IncomingHttpHeaders;

  before(async () => {
    api = await startServer((call, answer) => {
      received = call.headers;
      void text(call).then((body) => {
        const { method, url, headers } = call;
        answer.writeHead(Number(headers["x-want-status"] ?? 200), { "x-answered-by": "own api" });
        answer.end(JSON.stringify({ method, url, custom: headers["x-custom"], body }));
      });
    });
    service = await EmulatorService.start({ apis: { "run-here": `${api.url}/stage` } });
    client = service.connect();
    client.config.disableHostPrefix = true;
    asset = await license("run-here");
  });
  after(async () => {
    await service.stop();
    await api.close();
  });

  async function license(apiId: string): Promise<AssetIds> {
    const { ids } = await service.importApi(apiId);
    return { ...ids, AssetId: (await service.listAssets(ids))[0]!.Id! };
  }

  const idsOf = ({ DataSetId, RevisionId, AssetId }: AssetIds) => ({
    "x-amzn-dataexchange-data-set-id": DataSetId,
    "x-amzn-dataexchange-revision-id": RevisionId,
    "x-amzn-dataexchange-asset-id": AssetId,
  });

  it("forwards a call to the URL of the API, and returns its answer", async () => {
    const call = {
      ...{ ...asset, Method: "POST", Path: "/rates/EUR", Body: '{"wanted":1}' },
      QueryStringParameters: { day: "2026-01-01", q: "a b&c" },
      RequestHeaders: { "x-custom": "yes" },
    };
    const answer = await service.call("SendApiAsset", call, client);
    const url = "/stage/rates/EUR?day=2026-01-01&q=a+b%26c";
    const expected = { method: "POST", url, custom: "yes", body: call.Body };
    expect(JSON.parse(answer.Body!)).to.deep.equal(expected);
    expect(answer.ResponseHeaders!["x-answered-by"]).to.equal("own api");
  });

  it("accepts a call by its method and path, and returns the status of the API", async () => {
    // A client behind a proxy sends the whole URL, whose host has the prefix for API calls.
    const path = "http://api-fulfill.dataexchange.local/v1/things/7?x=1";
    const wanted = { "x-amzn-dataexchange-header-x-want-status": "418" };
    const headers = { ...signedFor("dataexchange"), ...idsOf(asset), ...wanted };
    const answer = await sendPlain(service.endpoint, "PUT", path, { headers, body: "raw" });
    expect(answer.status).to.equal(418);
    expect(JSON.parse(answer.body)).to.deep.equal({ method: "PUT", url: "/stage/things/7?x=1", body: "raw" });
  });

  it("returns the call itself for an API without a URL", async () => {
    const elsewhere = await license("not-here");
    const { Body } = await service.call("SendApiAsset", { ...elsewhere, Method: "GET", Path: "/a" }, client);
    expect(JSON.parse(Body!)).to.deep.include({ api: "prices", stage: "prod", method: "GET", path: "/a" });
  });

  it("sends the API headers with the asset and the caller, and no reserved header", async () => {
    const reserved = { "x-amz-source-account": "999999999999", Authentication: "secret" };
    const RequestHeaders = { ...reserved, accept: "a/b" };
    await service.call("SendApiAsset", { ...asset, Path: "/", RequestHeaders }, client);
    const path = `data-sets/${asset.DataSetId}/revisions/${asset.RevisionId}/assets/${asset.AssetId}`;
    expect(received).to.include({
      ...idsOf(asset),
      accept: "a/b",
      "x-amz-source-account": "000000000000",
      "x-amz-source-arn": `arn:aws:dataexchange:us-east-1:000000000000:${path}`,
      "x-amzn-dataexchange-requester-account-id": "000000000000",
    });
    expect(received).not.to.have.any.keys("authentication", "authorization");
  });

  it("sends the API the asset of the owner when a subscriber calls", async () => {
    await service.finalize({ DataSetId: asset.DataSetId, RevisionId: asset.RevisionId });
    const DataSetId = await service.shareDataSet(asset.DataSetId, subscriber);
    const sub = service.connect("us-east-1", subscriber);
    const { Revisions } = await service.call("ListDataSetRevisions", { DataSetId }, sub);
    const ids = { DataSetId, RevisionId: Revisions![0]!.Id! };
    const AssetId = (await service.listAssets(ids, sub))[0]!.Id!;
    await fetch(`${service.endpoint}/v1/prices`, {
      headers: { ...signedFor("dataexchange", subscriber), ...idsOf({ ...ids, AssetId }) },
    });
    expect(received).to.include({
      "x-amz-source-account": "000000000000",
      "x-amzn-dataexchange-asset-id": asset.AssetId,
      "x-amzn-dataexchange-data-set-id": asset.DataSetId,
      "x-amzn-dataexchange-requester-account-id": subscriber,
    });
  });

  it("refuses paths outside the API, invalid methods, and assets that are not APIs", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ a: "1" });
    const refused = [
      [{ ...asset, Path: "/../../admin" }, "AccessDeniedException"],
      [{ ...asset, Method: "NO PE" }, "ValidationException"],
      [{ ...ids, AssetId: assets[0]!.Id }, "ValidationException"],
    ] as const;
    for (const [call, error] of refused) await rejection(service.call("SendApiAsset", call, client), error);
  });
});
