import type { DataExchangeClient } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { sendAssetConfiguration } from "../../provider/aws/data-exchange";
import { EmulatorService, rejection } from "./support";

const receiver = "222222222222";
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, nth) => [`k${nth}`, "v"]));

/** Source: AWS General Reference, tag naming limits and requirements. */
const wrong: [what: string, tags: Record<string, string>, says: RegExp][] = [
  ["a key that AWS keeps for itself", { "aws:owner": "me" }, /must not begin with aws:/],
  ["an empty key", { "": "v" }, /key of a tag must not be empty/],
  ["a key of 129 characters", { ["k".repeat(129)]: "v" }, /key of a tag must be at most 128 characters/],
  ["a value of 257 characters", { k: "v".repeat(257) }, /value of a tag must be at most 256 characters/],
  ["a character that no tag has", { k: "a;b" }, /value of a tag must hold/],
  ["51 tags", many(51), /takes at most 50/],
];
const right = [many(50), { ["ä".repeat(128)]: "ü".repeat(256) }, { "a.b:c/d=e+f-g@h i_j": "" }];

describe("emulator: tags", () => {
  let service: EmulatorService;
  let sub: DataExchangeClient;
  let ids: { DataSetId: string; RevisionId: string };
  let DataSetId: string;
  let ResourceArn: string;
  let entitled: string;

  before(async () => {
    service = await EmulatorService.start({ requireBucketPolicy: false });
    // The client does not know the member of CreateJob yet.
    sendAssetConfiguration(service.dataExchange);
    sub = service.connect("us-east-1", receiver);
    ids = await service.createRevisionIds();
    ({ DataSetId } = ids);
    ResourceArn = (await service.call("CreateRevision", { DataSetId })).Arn!;
    const given = await service.call("CreateDataGrant", grant({}));
    await service.call("AcceptDataGrant", { DataGrantArn: given.Arn }, sub);
    entitled = given.DataSetId!;
    await service.createBucket("future");
  });
  after(() => service.stop());

  const grant = (Tags: Record<string, string>) => ({
    ...({ Name: "g", GrantDistributionScope: "NONE", ReceiverPrincipal: receiver } as const),
    ...{ SourceDataSetId: DataSetId, Tags },
  });

  /** Every operation that takes tags by a map. */
  const taking: Record<string, (Tags: Record<string, string>) => Promise<unknown>> = {
    CreateDataSet: (Tags) =>
      service.call("CreateDataSet", { AssetType: "S3_SNAPSHOT", Name: "n", Description: "d", Tags }),
    CreateRevision: (Tags) => service.call("CreateRevision", { DataSetId, Tags }),
    CreateDataGrant: (Tags) => service.call("CreateDataGrant", grant(Tags)),
    CreateEventAction: (Tags) =>
      service.call(
        "CreateEventAction",
        {
          Event: { RevisionPublished: { DataSetId: entitled } },
          Action: { ExportRevisionToS3: { RevisionDestination: { Bucket: "future" } } },
          Tags,
        },
        sub,
      ),
    TagResource: (Tags) => service.call("TagResource", { ResourceArn, Tags }),
  };

  it("CreateJob refuses those that AWS does not take, and a key twice", async () => {
    const Bucket = "source";
    const create = (Tags: { Key: string; Value: string }[]) =>
      service.createJob({
        ...{ Type: "IMPORT_ASSETS_FROM_S3", AssetConfiguration: { Tags } },
        Details: { ImportAssetsFromS3: { ...ids, AssetSources: [{ Bucket, Key: "a" }] } },
      });
    const listed = (tags: Record<string, string>) =>
      Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const twice = ["1", "2"].map((Value) => ({ Key: "k", Value }));
    for (const tags of [...wrong.map(([, one]) => listed(one)), twice]) {
      await rejection(create(tags), "ValidationException");
    }
    for (const tags of right) expect(await create(listed(tags))).to.be.a("string");
  });

  for (const [operation, send] of Object.entries(taking)) {
    it(`${operation} refuses those that AWS does not take`, async () => {
      for (const [what, tags, says] of wrong) {
        const { message } = await rejection(send(tags), "ValidationException");
        expect(message, what).to.match(says);
      }
    });

    it(`${operation} takes those that AWS takes`, async () => {
      for (const tags of operation === "TagResource" ? right.slice(0, 1) : right) await send(tags);
    });
  }
});
