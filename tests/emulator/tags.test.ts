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
import { Rig, thrownBy } from "./support";

const receiver = "222222222222";
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, nth) => [`k${nth}`, "v"]));

/** Source: AWS General Reference, tag naming limits and requirements. */
const wrong: [what: string, tags: Record<string, string>, says: RegExp][] = [
  ["a key that AWS keeps for itself", { "aws:owner": "me" }, /must not begin with aws:/],
  ["an empty key", { "": "v" }, /key must not be empty/],
  ["a key of 129 characters", { ["k".repeat(129)]: "v" }, /key must be at most 128 characters/],
  ["a value of 257 characters", { k: "v".repeat(257) }, /value must be at most 256 characters/],
  ["a character that no tag has", { k: "a;b" }, /value must hold letters/],
  ["51 tags", many(51), /at most 50 tags/],
];
const right = [many(50), { ["ä".repeat(128)]: "ü".repeat(256) }, { "a.b:c/d=e+f-g@h i_j": "" }];

describe("emulator: tags", () => {
  let rig: Rig;
  let sub: DataExchangeClient;
  let DataSetId: string;
  let ResourceArn: string;
  let entitled: string;

  before(async () => {
    rig = await Rig.start({ requireBucketPolicy: false });
    sub = rig.clientOf("us-east-1", receiver);
    ({ DataSetId } = await rig.revision());
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
