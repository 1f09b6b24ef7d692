import { expect } from "chai";
import type { DataExchange } from "@aws-sdk/client-dataexchange";
import { sendAssetConfiguration } from "../../provider/aws/data-exchange";
import type { SdkIds } from "../harness/emulator-service";
import { EmulatorService, jobRequest, rejection } from "../harness/emulator-service";

const receiver = "222222222222";

type Tags = Record<string, string>;
const tagsOf = (count: number): Tags =>
  Object.fromEntries(Array.from({ length: count }, (_, nth) => [`k${nth}`, "v"]));

/** Source: AWS General Reference, tag naming limits and requirements. */
const invalid: [what: string, tags: Tags, message: RegExp][] = [
  ["a reserved key", { "aws:owner": "me" }, /must not begin with aws:/],
  ["an empty key", { "": "v" }, /key of a tag must not be empty/],
  ["a key of 129 characters", { ["k".repeat(129)]: "v" }, /key of a tag must be at most 128 characters/],
  ["a value of 257 characters", { k: "v".repeat(257) }, /value of a tag must be at most 256 characters/],
  ["a character that tags do not allow", { k: "a;b" }, /value of a tag must contain/],
  ["51 tags", tagsOf(51), /accepts at most 50/],
];
const valid = [tagsOf(50), { ["ä".repeat(128)]: "ü".repeat(256) }, { "a.b:c/d=e+f-g@h i_j": "" }];

describe("emulator: tags", () => {
  let service: EmulatorService;
  let sub: DataExchange;
  let ids: SdkIds;
  let entitled: string;

  before(async () => {
    service = await EmulatorService.start({ requireBucketPolicy: false });
    // The SDK's CreateJob lacks this member.
    sendAssetConfiguration(service.dataExchange);
    sub = service.connect("us-east-1", receiver);
    ids = await service.createRevisionIds();
    entitled = await service.shareDataSet(ids.DataSetId, receiver);
    await service.createBucket("future");
  });
  after(() => service.stop());

  /** Creates a resource with the tags, or adds them to one. */
  const operations: Record<string, (Tags: Tags) => Promise<unknown>> = {
    CreateDataSet: (Tags) =>
      service.call("CreateDataSet", { AssetType: "S3_SNAPSHOT", Name: "n", Description: "d", Tags }),
    CreateRevision: (Tags) => service.call("CreateRevision", { DataSetId: ids.DataSetId, Tags }),
    CreateDataGrant: (Tags) => service.createGrant(ids.DataSetId, receiver, { Tags }),
    CreateEventAction: (Tags) => {
      const ExportRevisionToS3 = { RevisionDestination: { Bucket: "future" } };
      const Event = { RevisionPublished: { DataSetId: entitled } };
      return service.call("CreateEventAction", { Event, Action: { ExportRevisionToS3 }, Tags }, sub);
    },
    CreateJob: (tags) => {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      const AssetSources = [{ Bucket: "source", Key: "a" }];
      const job = jobRequest("ImportAssetsFromS3", { ...ids, AssetSources });
      const request = { ...job, AssetConfiguration: { Tags } };
      return service.createJob(request);
    },
    TagResource: async (Tags) => {
      const { Arn } = await service.call("CreateRevision", { DataSetId: ids.DataSetId });
      return service.call("TagResource", { ResourceArn: Arn, Tags });
    },
  };

  for (const [operation, send] of Object.entries(operations)) {
    it(`${operation} accepts the tags that AWS allows and refuses others`, async () => {
      for (const tags of valid) await send(tags);
      for (const [what, tags, expected] of invalid) {
        const { message } = await rejection(send(tags), "ValidationException");
        if (operation !== "CreateJob") expect(message, what).to.match(expected);
      }
    });
  }
});
