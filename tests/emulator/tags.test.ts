import type { DataExchangeClient } from "@aws-sdk/client-dataexchange";
import {
  AcceptDataGrantCommand,
  CreateDataGrantCommand,
  CreateDataSetCommand,
  CreateEventActionCommand,
  CreateRevisionCommand,
  TagResourceCommand,
  ValidationException,
} from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { sendAssetConfiguration } from "../../provider/aws/data-exchange";
import { Rig, thrownBy } from "./support";

const receiver = "222222222222";
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, nth) => [`k${nth}`, "v"]));

/** Source: AWS General Reference, tag naming limits and requirements. */
const wrong: [what: string, tags: Record<string, string>, says: RegExp][] = [
  ["a key that AWS keeps for itself", { "aws:owner": "me" }, /must not begin with aws:/],
  ["an empty key", { "": "v" }, /key of a tag must not be empty/],
  ["a key of 129 characters", { ["k".repeat(129)]: "v" }, /key of a tag must be at most 128 characters/],
  ["a value of 257 characters", { k: "v".repeat(257) }, /value of a tag must be at most 256 characters/],
  ["a character that no tag has", { k: "a;b" }, /value of a tag must hold letters/],
  ["51 tags", many(51), /takes at most 50/],
];
const right = [many(50), { ["ä".repeat(128)]: "ü".repeat(256) }, { "a.b:c/d=e+f-g@h i_j": "" }];

describe("emulator: tags", () => {
  let rig: Rig;
  let sub: DataExchangeClient;
  let ids: { DataSetId: string; RevisionId: string };
  let DataSetId: string;
  let ResourceArn: string;
  let entitled: string;

  before(async () => {
    rig = await Rig.start({ requireBucketPolicy: false });
    // The client does not know the member of CreateJob yet.
    sendAssetConfiguration(rig.dx);
    sub = rig.clientOf("us-east-1", receiver);
    ids = await rig.revision();
    ({ DataSetId } = ids);
    ResourceArn = (await rig.dx.send(new CreateRevisionCommand({ DataSetId }))).Arn!;
    const given = await rig.dx.send(new CreateDataGrantCommand(grant({})));
    await sub.send(new AcceptDataGrantCommand({ DataGrantArn: given.Arn }));
    entitled = given.DataSetId!;
    await rig.bucket("future");
  });
  after(() => rig.stop());

  const grant = (Tags: Record<string, string>) => ({
    ...({ Name: "g", GrantDistributionScope: "NONE", ReceiverPrincipal: receiver } as const),
    ...{ SourceDataSetId: DataSetId, Tags },
  });

  /** Every operation that takes tags by a map. */
  const taking: Record<string, (Tags: Record<string, string>) => Promise<unknown>> = {
    CreateDataSet: (Tags) =>
      rig.dx.send(new CreateDataSetCommand({ AssetType: "S3_SNAPSHOT", Name: "n", Description: "d", Tags })),
    CreateRevision: (Tags) => rig.dx.send(new CreateRevisionCommand({ DataSetId, Tags })),
    CreateDataGrant: (Tags) => rig.dx.send(new CreateDataGrantCommand(grant(Tags))),
    CreateEventAction: (Tags) =>
      sub.send(
        new CreateEventActionCommand({
          Event: { RevisionPublished: { DataSetId: entitled } },
          Action: { ExportRevisionToS3: { RevisionDestination: { Bucket: "future" } } },
          Tags,
        }),
      ),
    TagResource: (Tags) => rig.dx.send(new TagResourceCommand({ ResourceArn, Tags })),
  };

  it("CreateJob refuses those that AWS does not take, and a key twice", async () => {
    const Bucket = "source";
    const create = (Tags: { Key: string; Value: string }[]) =>
      rig.create({
        ...{ Type: "IMPORT_ASSETS_FROM_S3", AssetConfiguration: { Tags } },
        Details: { ImportAssetsFromS3: { ...ids, AssetSources: [{ Bucket, Key: "a" }] } },
      });
    const listed = (tags: Record<string, string>) =>
      Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const twice = ["1", "2"].map((Value) => ({ Key: "k", Value }));
    for (const tags of [...wrong.map(([, one]) => listed(one)), twice]) {
      await thrownBy(create(tags), ValidationException);
    }
    for (const tags of right) expect(await create(listed(tags))).to.be.a("string");
  });

  for (const [operation, send] of Object.entries(taking)) {
    it(`${operation} refuses those that AWS does not take`, async () => {
      for (const [what, tags, says] of wrong) {
        const { message } = await thrownBy(send(tags), ValidationException);
        expect(message, what).to.match(says);
      }
    });

    it(`${operation} takes those that AWS takes`, async () => {
      for (const tags of operation === "TagResource" ? right.slice(0, 1) : right) await send(tags);
    });
  }
});
