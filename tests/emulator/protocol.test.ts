import { expect } from "chai";
import { sendPlain, signedFor } from "../harness/http";
import { EmulatorService, jobRequest, rejection } from "../harness/emulator-service";

const absent = "0".repeat(32);

describe("emulator: protocol", () => {
  let service: EmulatorService;
  before(async () => (service = await EmulatorService.start()));
  after(() => service.stop());

  const send = async (method: string, path: string, body?: string) => {
    const answer = await sendPlain(service.endpoint, method, path, {
      headers: signedFor("dataexchange"),
      body,
    });
    expect(answer.headers["x-amzn-requestid"]).to.be.a("string");
    return { outcome: answer.outcome, json: JSON.parse(answer.body) as Record<string, unknown> };
  };

  it("names every invalid member in one error", async () => {
    const details = { DataSetId: "short", AssetSources: [{ Bucket: "b", key: "k" }] };
    const request = { Type: "IMPORT_ASSETS_FROM_S3", Details: { ImportAssetsFromS3: details } };
    const { outcome, json } = await send("POST", "/v1/jobs", JSON.stringify(request));
    expect(outcome).to.equal("400 ValidationException");
    expect(json["Message"])
      .to.include("Details.ImportAssetsFromS3.DataSetId must be 30 to 40 letters and digits")
      .and.include("Details.ImportAssetsFromS3.RevisionId is required")
      .and.include("Details.ImportAssetsFromS3.AssetSources[0].Key is required")
      .and.not.include("AssetSources[0].key");
  });

  it("rejects a job on another data set's revision or on a data set of another asset type", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ k: "v" });
    const other = await service.createRevisionIds("S3_DATA_ACCESS");
    const create = (given: object) => {
      const details = { ...ids, AssetId: assets[0]!.Id, ...given };
      return service.call("CreateJob", jobRequest("ExportAssetToSignedUrl", details));
    };
    const elsewhere = await rejection(create({ RevisionId: other.RevisionId }), "ResourceNotFoundException");
    expect(elsewhere.ResourceType).to.equal("REVISION");
    expect((await rejection(create(other), "ValidationException")).message).to.include("S3_SNAPSHOT");
  });

  it("returns tags and asset configuration unchanged", async () => {
    const ids = await service.createRevisionIds();
    const Bucket = await service.createBucket("tagged", { k: "v" });
    const AssetConfiguration = { Tags: [{ Key: "lowerCase", Value: "v" }] };
    const job = jobRequest("ImportAssetsFromS3", { ...ids, AssetSources: [{ Bucket, Key: "k" }] });
    const { json } = await send("POST", "/v1/jobs", JSON.stringify({ ...job, AssetConfiguration }));
    expect(json["AssetConfiguration"]).to.deep.equal(AssetConfiguration);
    expect((await service.finishJob(json["Id"] as string)).State).to.equal("COMPLETED");
    const [asset] = await service.listAssets(ids);
    const path = `/v1/data-sets/${ids.DataSetId}/revisions/${ids.RevisionId}/assets/${asset!.Id}`;
    expect((await send("GET", path)).json["Tags"]).to.deep.equal({ lowerCase: "v" });
  });

  it("rejects unsigned and malformed signatures in the form of each service", async () => {
    const bearer = { authorization: "Bearer x" };
    const incomplete = { authorization: "AWS4-HMAC-SHA256 Credential=K/x" };
    for (const [method, path, headers, outcome] of [
      ["GET", "/v1/jobs", {}, "403 MissingAuthenticationTokenException"],
      ["GET", "/v1/jobs", bearer, "403 IncompleteSignatureException"],
      ["GET", "/v1/jobs", incomplete, "403 IncompleteSignatureException"],
      ["GET", "/v1/jobs", signedFor("sqs"), "403 InvalidSignatureException"],
      ["GET", "/bucket?list-type=2", {}, "403 AccessDenied"],
      ["PUT", "/bucket/key", {}, "403 AccessDenied"],
      ["GET", "/", { authorization: "AWS key:signature" }, "400 AuthorizationHeaderMalformed"],
      ["POST", "/", {}, "403 MissingAuthenticationToken"],
      ["POST", "/", bearer, "403 IncompleteSignature"],
    ] as const) {
      const answer = await sendPlain(service.endpoint, method, path, { headers });
      expect(answer.outcome, `${method} ${path}`).to.equal(outcome);
      const isJson = path.startsWith("/v1/");
      expect(answer.headers["content-type"]).to.match(isJson ? /\/json$/ : /\/xml$/);
      if (isJson) expect(JSON.parse(answer.body)).to.have.property("Message");
    }
  });

  it("rejects unknown routes", async () => {
    for (const [method, path] of [
      ["GET", "/v2/jobs"],
      ["PUT", "/v1/jobs"],
      ["GET", "/v1/jobs/"],
      ["GET", `/v1/jobs/${absent}/more`],
      ["GET", "/v1/jobs/%E0%A4%A"],
    ] as const) {
      expect((await send(method, path)).outcome, path).to.equal("404 UnknownOperationException");
    }
  });

  it("rejects bodies that are not JSON objects, and ignores __proto__", async () => {
    for (const body of ["{", "[]", "1"]) {
      expect((await send("POST", "/v1/jobs", body)).outcome, body).to.equal("400 SerializationException");
    }
    const { outcome } = await send("POST", "/v1/data-sets", '{"__proto__":{"x":1},"Name":"n"}');
    expect(outcome).to.equal("400 ValidationException");
  });

  it("separates regions", async () => {
    const { DataSetId } = await service.createRevisionIds();
    const west = service.connect("eu-west-1");
    await rejection(service.call("GetDataSet", { DataSetId }, west), "ResourceNotFoundException");
    await rejection(service.call("CreateRevision", { DataSetId }, west), "ResourceNotFoundException");
    expect((await service.call("ListJobs", {}, west)).Jobs).to.be.empty;
    west.destroy();
  });
});
