import type { Output } from "@pulumi/pulumi";
import { isSecret, output, runtime, secret } from "@pulumi/pulumi";
import { expect } from "chai";
import fc from "fast-check";

import type { PlannedJobArgs } from "../../components/job-policy";
import { jobPolicy } from "../../components/job-policy";
import type { PlannedJob, PolicyScope } from "../../components/support/iam-policy";
import { policyDocument } from "../../components/support/iam-policy";
import { jobTypes } from "../../service-model/job-types";
import { deletesAssets, everyJob, listsJobs, tagsAssets } from "../../service-model/permissions";

const anywhere: PolicyScope = { partition: "aws", region: "*", account: "*", keys: "exact" };
const [dataSetId, revisionId, assetId] = ["d".repeat(32), "r".repeat(32), "a".repeat(32)];
const ids = { dataSetId, revisionId };
const key = "arn:aws:kms:us-east-1:111122223333:key/k";
const share = "arn:aws:redshift:us-east-1:111122223333:datashare:c/sales";
const role = "arn:aws:iam::111122223333:role/grants";

const dataSet = `arn:aws:dataexchange:*:*:data-sets/${dataSetId}`;
const revision = `${dataSet}/revisions/${revisionId}`;

/** Details of one job of each type, with every member that permissions depend on. */
const jobs: Record<string, Record<string, unknown>> = {
  IMPORT_ASSETS_FROM_S3: {
    ...ids,
    assetSources: [
      { bucket: "source", key: "b.csv" },
      { bucket: "source", key: "a*.csv" },
    ],
  },
  IMPORT_ASSET_FROM_SIGNED_URL: { ...ids, assetName: "a" },
  IMPORT_ASSET_FROM_API_GATEWAY_API: { ...ids, apiId: "a", apiName: "n", protocolType: "REST", stage: "s" },
  IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES: { ...ids, assetSources: [{ dataShareArn: share }] },
  IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY: { ...ids, catalogId: "111122223333", roleArn: role },
  CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET: {
    ...ids,
    assetSource: { bucket: "shared", keyPrefixes: ["p/"], kmsKeysToGrant: [{ kmsKeyArn: key }] },
  },
  EXPORT_ASSETS_TO_S3: {
    ...ids,
    assetDestinations: [
      { assetId, bucket: "target", key: "x/a.csv" },
      { assetId, bucket: "other" },
    ],
    encryption: { type: "aws:kms", kmsKeyArn: key },
  },
  EXPORT_ASSET_TO_SIGNED_URL: { ...ids, assetId },
  EXPORT_REVISIONS_TO_S3: {
    dataSetId,
    revisionDestinations: [
      { revisionId, bucket: "target", keyPattern: "${DataSet.Name}/${Revision.Id}/v1-${Asset.Name}" },
    ],
    encryption: { type: "AES256" },
  },
};

const planned = (type: string, more: Partial<PlannedJob> = {}): PlannedJob => ({
  type,
  details: { [jobTypes.find((one) => one.type === type)!.detailsKey]: jobs[type] },
  ...more,
});

type Golden = [sid: string, actions: string[], resources: string[], condition?: unknown];

const calledVia = { "ForAnyValue:StringEquals": { "aws:CalledVia": ["dataexchange.amazonaws.com"] } };
const createAssets: Golden = [
  "CreateAssets",
  ["dataexchange:CreateAsset", "dataexchange:ListRevisionAssets"],
  [revision],
];
const serviceBuckets = ["arn:aws:s3:::*aws-data-exchange*"];
const writeToService: Golden = [
  "WriteToDataExchange",
  ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"],
  serviceBuckets,
  calledVia,
];
const readFromService: Golden = ["ReadFromDataExchange", ["s3:GetObject"], serviceBuckets, calledVia];
const getAssets: Golden = ["GetAssets", ["dataexchange:GetAsset"], [`${revision}/assets/*`]];
const put = ["s3:PutObject", "s3:PutObjectAcl"];

/** What each type needs in addition to what every job needs. */
const golden: Record<string, Golden[]> = {
  IMPORT_ASSETS_FROM_S3: [
    createAssets,
    ["ReadSources", ["s3:GetObject"], ["arn:aws:s3:::source/a${*}.csv", "arn:aws:s3:::source/b.csv"]],
    writeToService,
  ],
  IMPORT_ASSET_FROM_SIGNED_URL: [createAssets, writeToService],
  IMPORT_ASSET_FROM_API_GATEWAY_API: [createAssets, writeToService],
  IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES: [
    [
      "AuthorizeDataShares",
      ["redshift:AuthorizeDataShare"],
      [share],
      { StringEqualsIgnoreCase: { "redshift:ConsumerIdentifier": ["ADX"] } },
    ],
    createAssets,
  ],
  IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY: [
    createAssets,
    [
      "PassRole",
      ["iam:PassRole"],
      [role],
      { StringEquals: { "iam:PassedToService": ["dataexchange.amazonaws.com"] } },
    ],
  ],
  CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET: [createAssets, ["GrantKeys", ["kms:CreateGrant"], [key]]],
  EXPORT_ASSETS_TO_S3: [
    ["Encrypt", ["kms:Decrypt", "kms:GenerateDataKey"], [key]],
    getAssets,
    readFromService,
    ["WriteDestinations", put, ["arn:aws:s3:::other/*", "arn:aws:s3:::target/x/a.csv"]],
  ],
  EXPORT_ASSET_TO_SIGNED_URL: [getAssets, readFromService],
  EXPORT_REVISIONS_TO_S3: [
    ["GetDataSets", ["dataexchange:GetDataSet"], [dataSet]],
    ["GetRevisions", ["dataexchange:GetRevision"], [revision]],
    readFromService,
    ["WriteDestinations", put, ["arn:aws:s3:::target/*/*/v1-*"]],
  ],
};

const everyType = (types: string[]): Golden[] => [
  ["ListJobs", ["dataexchange:ListJobs"], ["*"]],
  [
    "RunJobs",
    ["dataexchange:CancelJob", "dataexchange:CreateJob", "dataexchange:GetJob", "dataexchange:StartJob"],
    ["arn:aws:dataexchange:*:*:jobs/*"],
    { StringEquals: { "dataexchange:JobType": types } },
  ],
];

const document = (statements: Golden[]) => ({
  Version: "2012-10-17",
  Statement: [...statements]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Sid, Action, Resource, Condition]) => ({
      Sid,
      Effect: "Allow",
      Action,
      Resource,
      ...(Condition ? { Condition } : {}),
    })),
});

const textOf = (policy: Output<string>): Promise<string> =>
  new Promise((resolve) => policy.apply((text) => resolve(text)));

describe("policyDocument", () => {
  it("has an expected document here for each job type", () => {
    expect(Object.keys(golden).sort()).to.deep.equal(jobTypes.map(({ type }) => type).sort());
  });

  for (const { type } of jobTypes) {
    it(`allows exactly what ${type} needs`, () => {
      expect(policyDocument([planned(type)], anywhere)).to.deep.equal(
        document([...golden[type]!, ...everyType([type])]),
      );
    });
  }

  it("joins the permissions of several jobs in one statement per kind", () => {
    const all = jobTypes.map(({ type }) => planned(type));
    const { Statement } = policyDocument(all, anywhere);
    expect(new Set(Statement.map(({ Sid }) => Sid)).size).to.equal(Statement.length);
    for (const job of all) {
      for (const one of policyDocument([job], anywhere).Statement) {
        const whole = Statement.find(({ Sid }) => Sid === one.Sid)!;
        expect(whole.Action).to.deep.equal(one.Action);
        expect(whole.Resource).to.include.members([...one.Resource]);
      }
    }
  });

  it("is the same for the same jobs in any order and number", () => {
    const all = jobTypes.map(({ type }) => planned(type));
    const text = JSON.stringify(policyDocument(all, anywhere));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.subarray(all),
        (shuffled, again) => {
          expect(JSON.stringify(policyDocument([...shuffled, ...again], anywhere))).to.equal(text);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("escapes wildcards in keys, so that it never allows other keys", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), fc.string({ minLength: 1 })), { minLength: 1 }),
        (objects) => {
          const assetSources = objects.map(([bucket, name]) => ({
            bucket: `b${bucket.replace(/\W/g, "")}`,
            key: name,
          }));
          const details = { importAssetsFromS3: { ...ids, assetSources } };
          const { Statement } = policyDocument([{ type: "IMPORT_ASSETS_FROM_S3", details }], anywhere);
          const { Resource } = Statement.find(({ Sid }) => Sid === "ReadSources")!;
          expect(Resource.length).to.be.at.most(objects.length);
          // A literal star is written as a policy variable.
          const wild = Resource.filter((arn) => /[*?]/.test(arn.replace(/\$\{[*?$]\}/g, "")));
          const patterns = objects.filter(([, name]) => /\$\{[^}]*\}/.test(name));
          expect(wild.length).to.be.at.most(patterns.length);
        },
      ),
    );
  });

  it("contains any key with keys: any, and the given region, account and partition", () => {
    const scope = {
      partition: "aws-cn",
      region: "cn-north-1",
      account: "111122223333",
      keys: "any",
    } as const;
    const { Statement } = policyDocument([planned("IMPORT_ASSETS_FROM_S3")], scope);
    const of = (sid: string) => Statement.find(({ Sid }) => Sid === sid)!.Resource;
    expect(of("ReadSources")).to.deep.equal(["arn:aws-cn:s3:::source/*"]);
    expect(of("RunJobs")).to.deep.equal(["arn:aws-cn:dataexchange:cn-north-1:111122223333:jobs/*"]);
    expect(of("WriteToDataExchange")).to.deep.equal(["arn:aws-cn:s3:::*aws-data-exchange*"]);
  });

  it("allows deleting assets for imports with onDelete: deleteAssets", () => {
    const sids = (job: PlannedJob) => policyDocument([job], anywhere).Statement.map(({ Sid }) => Sid);
    const deleting = { onDelete: "deleteAssets" };
    expect(sids(planned("IMPORT_ASSETS_FROM_S3", deleting))).to.include.members([
      "DeleteAssets",
      "GetRevisions",
    ]);
    expect(sids(planned("IMPORT_ASSETS_FROM_S3"))).not.to.include("DeleteAssets");
    expect(sids(planned("EXPORT_ASSETS_TO_S3", deleting))).not.to.include("DeleteAssets");
  });

  it("allows tagging assets for imports with tags", () => {
    const tagging = (type: string, tagged: boolean) =>
      policyDocument([planned(type, { tagged })], anywhere).Statement.find(({ Sid }) => Sid === "TagAssets");
    for (const { type, createsAssets } of jobTypes) {
      expect(tagging(type, true)?.Resource, type).to.deep.equal(
        createsAssets && [revision, `${revision}/assets/*`],
      );
      expect(tagging(type, false), type).to.equal(undefined);
    }
    expect(tagging("IMPORT_ASSETS_FROM_S3", true)!.Action).to.deep.equal(["dataexchange:TagResource"]);
  });

  it("leaves out permissions that the details do not need", () => {
    const plain = { dataSetId, revisionDestinations: [{ revisionId, bucket: "target" }] };
    const job = { type: "EXPORT_REVISIONS_TO_S3", details: { exportRevisionsToS3: plain } };
    const { Statement } = policyDocument([job], anywhere);
    expect(Statement.map(({ Sid }) => Sid)).not.to.include.oneOf(["Encrypt", "GetDataSets"]);
    expect(Statement.find(({ Sid }) => Sid === "WriteDestinations")!.Resource).to.deep.equal([
      "arn:aws:s3:::target/*",
    ]);
  });

  it("uses each sid of the table with the same actions and condition", () => {
    const all = [
      everyJob,
      listsJobs,
      ...deletesAssets,
      tagsAssets,
      ...jobTypes.flatMap(({ permissions }) => permissions),
    ];
    for (const one of all) {
      const same = all.filter(({ sid }) => sid === one.sid);
      for (const { actions, condition } of same) {
        expect([actions, condition]).to.deep.equal([one.actions, one.condition]);
      }
      expect(one.sid).to.match(/^[A-Za-z0-9]+$/);
    }
  });

  it("is JSON from args, without secrets that permissions do not depend on", async () => {
    const api = { ...ids, apiId: "a", apiName: "n", protocolType: "REST", stage: "s" } as const;
    const args: PlannedJobArgs = {
      type: "IMPORT_ASSET_FROM_API_GATEWAY_API",
      details: { importAssetFromApiGatewayApi: { ...api, apiKey: secret("planted") } },
    };
    const policy = jobPolicy([args]);
    expect(await isSecret(policy)).to.equal(false);
    const text = await textOf(policy);
    expect(JSON.parse(text)).to.deep.equal(
      JSON.parse(JSON.stringify(document([...golden[args.type as string]!, ...everyType([args.type])]))),
    );
    expect(await textOf(jobPolicy([args]))).to.equal(text);
  });

  it("allows tagging assets if the stack has default tags", async () => {
    const job: PlannedJobArgs = {
      type: "IMPORT_ASSETS_FROM_S3",
      details: { importAssetsFromS3: { ...ids, assetSources: [{ bucket: "source", key: "a" }] } },
    };
    runtime.setConfig("aws:defaultTags", JSON.stringify({ tags: { team: "data" } }));
    try {
      expect(await textOf(jobPolicy([job]))).to.include("dataexchange:TagResource");
    } finally {
      runtime.setConfig("aws:defaultTags", "");
    }
    expect(await textOf(jobPolicy([job]))).not.to.include("dataexchange:TagResource");
  });

  it("finds tags in args in every form, and contains no secret tag", async () => {
    const args = (assetConfiguration: unknown): PlannedJobArgs =>
      ({
        ...{ type: "IMPORT_ASSETS_FROM_S3", assetConfiguration },
        details: { importAssetsFromS3: { ...ids, assetSources: [{ bucket: "source", key: "a" }] } },
      }) as PlannedJobArgs;
    const tags = [{ key: "team", value: secret("planted") }];
    for (const [given, tagged] of [
      [{ tags }, true],
      [output({ tags }), true],
      [{ tags: output(tags) }, true],
      [{ tags: [] }, false],
      [{}, false],
      [undefined, false],
    ] as const) {
      const policy = jobPolicy([args(given)]);
      expect(await isSecret(policy)).to.equal(false);
      const text = await textOf(policy);
      expect(text.includes("dataexchange:TagResource")).to.equal(tagged);
      expect(text).not.to.include("planted");
    }
  });
});
