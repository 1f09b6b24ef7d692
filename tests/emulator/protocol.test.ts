import {
  GetAssetCommand,
  GetDataSetCommand,
  GetJobCommand,
  GetRevisionCommand,
} from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { EmulatorService, jobRequest, rejection } from "./support";

const absent = "0".repeat(32);

describe("emulator: protocol", () => {
  let service: EmulatorService;
  before(async () => {
    service = await EmulatorService.start();
  });
  after(() => service.stop());

  const authorization = (service: string): string =>
    `AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

  const ask = async (method: string, path: string, init: { auth?: string; body?: string } = {}) => {
    const { auth = authorization("dataexchange"), body } = init;
    const response = await fetch(service.local.endpoint + path, {
      method,
      body,
      headers: auth ? { authorization: auth } : {},
    });
    const text = await response.text();
    expect(response.headers.get("x-amzn-requestid")).to.be.a("string");
    const json = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
    return { status: response.status, type: response.headers.get("x-amzn-errortype"), json, text };
  };

  it("answers what is missing with the id and the kind of it", async () => {
    const { DataSetId, RevisionId } = await service.createRevisionIds();
    const cases = [
      [new GetJobCommand({ JobId: absent }), "JOB"],
      [new GetDataSetCommand({ DataSetId: absent }), "DATA_SET"],
      [new GetRevisionCommand({ DataSetId, RevisionId: absent }), "REVISION"],
      [new GetAssetCommand({ DataSetId, RevisionId, AssetId: absent }), "ASSET"],
    ] as const;
    for (const [command, ResourceType] of cases) {
      const error = await rejection(
        service.dataExchange.send(command as GetJobCommand),
        "ResourceNotFoundException",
      );
      expect(error).to.include({ ResourceId: absent, ResourceType });
      expect(error.$metadata.httpStatusCode).to.equal(404);
      expect(error.message).to.include(absent);
    }
  });

  it("names every member that is wrong", async () => {
    const { status, type, json } = await ask("POST", "/v1/jobs", {
      body: JSON.stringify({
        Type: "IMPORT_ASSETS_FROM_S3",
        Details: { ImportAssetsFromS3: { DataSetId: "short", AssetSources: [{ Bucket: "b", key: "k" }] } },
      }),
    });
    expect([status, type]).to.deep.equal([400, "ValidationException"]);
    expect(json["Message"])
      .to.include("Details.ImportAssetsFromS3.DataSetId must be 30 to 40 letters and digits")
      .and.include("Details.ImportAssetsFromS3.RevisionId is required")
      .and.include("Details.ImportAssetsFromS3.AssetSources[0].Key is required")
      .and.not.include("AssetSources[0].key");
  });

  it("wants exactly the one member of Details that goes with the type", async () => {
    const ids = await service.createRevisionIds();
    const right = { ImportAssetFromSignedUrl: { ...ids, AssetName: "n", Md5Hash: "A".repeat(22) + "==" } };
    const wrong = { ExportAssetToSignedUrl: { ...ids, AssetId: absent } };
    const create = (Details: object | undefined) =>
      rejection(
        service.call("CreateJob", { Type: "IMPORT_ASSET_FROM_SIGNED_URL", Details }),
        "ValidationException",
      );
    expect((await create(undefined)).message).to.include("Details is required");
    expect((await create({})).message).to.include("Details.ImportAssetFromSignedUrl is required");
    expect((await create(wrong)).message).to.include(
      "Details.ExportAssetToSignedUrl does not go with the type",
    );
    expect((await create({ ...right, ...wrong })).message).to.include(
      "Details.ExportAssetToSignedUrl does not go",
    );
  });

  it("refuses details about what does not exist, does not fit or is closed", async () => {
    const { assets, ...ids } = await service.createFilledRevision({ k: "v" });
    const other = await service.createRevisionIds("S3_DATA_ACCESS");
    const create = (given: object) =>
      service.call(
        "CreateJob",
        jobRequest("ExportAssetToSignedUrl", { ...ids, AssetId: assets[0]!.Id, ...given }),
      );
    const kindOf = async (given: object) =>
      (await rejection(create(given), "ResourceNotFoundException")).ResourceType;
    expect(await kindOf({ DataSetId: absent })).to.equal("DATA_SET");
    expect(await kindOf({ RevisionId: other.RevisionId })).to.equal("REVISION");
    expect(await kindOf({ AssetId: absent })).to.equal("ASSET");
    expect((await rejection(create(other), "ValidationException")).message).to.include("S3_SNAPSHOT");
  });

  it("shows tags and asset configuration as they were given", async () => {
    const ids = await service.createRevisionIds();
    const bucket = await service.createBucket("tagged", { k: "v" });
    const sources = [{ Bucket: bucket, Key: "k" }];
    const configuration = { Tags: [{ Key: "lowerCase", Value: "v" }] };
    const body = JSON.stringify({
      Type: "IMPORT_ASSETS_FROM_S3",
      Details: { ImportAssetsFromS3: { ...ids, AssetSources: sources } },
      AssetConfiguration: configuration,
    });
    const { json } = await ask("POST", "/v1/jobs", { body });
    expect(json["AssetConfiguration"]).to.deep.equal(configuration);
    expect((await service.finishJob(json["Id"] as string)).State).to.equal("COMPLETED");
    const [asset] = await service.listAssets(ids);
    const path = `/v1/data-sets/${ids.DataSetId}/revisions/${ids.RevisionId}/assets/${asset!.Id}`;
    expect((await ask("GET", path)).json["Tags"]).to.deep.equal({ lowerCase: "v" });
  });

  it("answers the statuses of the model, and nothing where it models nothing", async () => {
    const ids = await service.createRevisionIds();
    const id = await service.createJob(
      jobRequest("ImportAssetFromSignedUrl", { ...ids, AssetName: "n", Md5Hash: "A".repeat(22) + "==" }),
    );
    expect(await ask("DELETE", `/v1/jobs/${id}`)).to.include({ status: 204, text: "" });
    expect(await ask("PATCH", `/v1/jobs/${id}`)).to.include({ status: 409, type: "ConflictException" });
    const conflict = await rejection(service.call("StartJob", { JobId: id }), "ConflictException");
    expect(conflict).to.include({ ResourceId: id, ResourceType: "JOB" });
  });

  it("refuses unsigned, badly signed and foreign requests in the service's form", async () => {
    const types = [];
    for (const auth of ["", "Bearer x", "AWS4-HMAC-SHA256 Credential=K/x", authorization("sqs")]) {
      const { status, type, json } = await ask("GET", "/v1/jobs", { auth });
      expect(status).to.equal(403);
      expect(json["Message"]).to.be.a("string");
      types.push(type);
    }
    expect(types).to.deep.equal([
      "MissingAuthenticationTokenException",
      "IncompleteSignatureException",
      "IncompleteSignatureException",
      "InvalidSignatureException",
    ]);
  });

  it("refuses those at the addresses of S3 and of STS in the form of theirs", async () => {
    const refused = async (method: string, path: string, authorization?: string) => {
      const headers = authorization === undefined ? undefined : { authorization };
      const response = await fetch(service.local.endpoint + path, { method, headers });
      expect(response.headers.get("content-type")).to.match(/\/xml$/);
      return `${response.status} ${/<Code>(\w+)<\/Code>/.exec(await response.text())?.[1]}`;
    };
    expect(await refused("GET", "/bucket?list-type=2")).to.equal("403 AccessDenied");
    expect(await refused("PUT", "/bucket/key")).to.equal("403 AccessDenied");
    expect(await refused("GET", "/", "AWS key:signature")).to.equal("400 AuthorizationHeaderMalformed");
    expect(await refused("POST", "/")).to.equal("403 MissingAuthenticationToken");
    expect(await refused("POST", "/", "Bearer x")).to.equal("403 IncompleteSignature");
  });

  it("knows no other routes", async () => {
    for (const [method, path] of [
      ["GET", "/v2/jobs"],
      ["PUT", "/v1/jobs"],
      ["GET", "/v1/jobs/"],
      ["GET", `/v1/jobs/${absent}/more`],
      ["GET", "/v1/jobs/%E0%A4%A"],
    ] as const) {
      expect(await ask(method, path)).to.include({ status: 404, type: "UnknownOperationException" });
    }
  });

  it("refuses bodies that are no JSON object, and numbers that are none", async () => {
    for (const body of ["{", "[]", "1"]) {
      expect(await ask("POST", "/v1/jobs", { body })).to.include({
        status: 400,
        type: "SerializationException",
      });
    }
    for (const size of ["0", "201", "many", "1.5"]) {
      const { status, json } = await ask("GET", `/v1/jobs?maxResults=${size}`);
      expect(status).to.equal(400);
      expect(json["Message"]).to.match(/^MaxResults must/);
    }
    const { status } = await ask("POST", "/v1/data-sets", { body: '{"__proto__":{"x":1},"Name":"n"}' });
    expect(status).to.equal(400);
  });

  it("keeps regions apart", async () => {
    const { DataSetId } = await service.createRevisionIds();
    const west = service.connect("eu-west-1");
    await rejection(service.call("GetDataSet", { DataSetId }, west), "ResourceNotFoundException");
    await rejection(service.call("CreateRevision", { DataSetId }, west), "ResourceNotFoundException");
    expect((await service.call("ListJobs", {}, west)).Jobs).to.be.empty;
    west.destroy();
  });

  it("gives clients the modelled class of every error that a test asks for", async () => {
    service.local.faults.add({ operation: "GetJob", error: "AccessDeniedException" });
    const error = await rejection(service.call("GetJob", { JobId: absent }), "AccessDeniedException");
    expect(error.$metadata.httpStatusCode).to.equal(403);
  });
});
