import type { Output } from "@pulumi/pulumi";
import { isSecret, output, runtime, secret } from "@pulumi/pulumi";
import { expect } from "chai";
import fc from "fast-check";

import type { JobType } from "../../index";
import type { PlannedJobArgs } from "../../components/job-policy";
import { jobPolicy } from "../../components/job-policy";
import type { PlannedJob, PolicyScope } from "../../components/support/iam-policy";
import { policyDocument } from "../../components/support/iam-policy";
import { readValue } from "../../provider/resources/pulumi-private";
import { jobTypeOf, jobTypes } from "../../service-model/job-types";
import { codesIn } from "../../lib/message-code";
import { assetId, dataSetId, failureOf, revisionId } from "../simulation/samples";

const anywhere: PolicyScope = { partition: "aws", region: "*", account: "*", keys: "exact" };
const ids = { dataSetId, revisionId };
const key = "arn:aws:kms:us-east-1:111122223333:key/k";
const share = "arn:aws:redshift:us-east-1:111122223333:datashare:c/sales";
const role = "arn:aws:iam::111122223333:role/grants";
const api = { ...ids, apiId: "a", apiName: "n", protocolType: "REST", stage: "s" } as const;

const dataSet = `arn:aws:dataexchange:*:*:data-sets/${dataSetId}`;
const revision = `${dataSet}/revisions/${revisionId}`;

type Expected = [sid: string, actions: string[], resources: string[], condition?: unknown];

const calledVia = { "ForAnyValue:StringEquals": { "aws:CalledVia": ["dataexchange.amazonaws.com"] } };
const toConsumer = { StringEqualsIgnoreCase: { "redshift:ConsumerIdentifier": ["ADX"] } };
const toService = { StringEquals: { "iam:PassedToService": ["dataexchange.amazonaws.com"] } };
const put = ["s3:PutObject", "s3:PutObjectAcl"];
const serviceBuckets = ["arn:aws:s3:::*aws-data-exchange*"];
const createAssets: Expected = [
  "CreateAssets",
  ["dataexchange:CreateAsset", "dataexchange:ListRevisionAssets"],
  [revision],
];
const writeToService: Expected = ["WriteToDataExchange", ["s3:GetObject", ...put], serviceBuckets, calledVia];
const readFromService: Expected = ["ReadFromDataExchange", ["s3:GetObject"], serviceBuckets, calledVia];
const getAssets: Expected = ["GetAssets", ["dataexchange:GetAsset"], [`${revision}/assets/*`]];

/** Details of one job of each type, and what it needs in addition to what every job needs. */
const jobs: Record<JobType, [details: Record<string, unknown>, ...needs: Expected[]]> = {
  IMPORT_ASSETS_FROM_S3: [
    { ...ids, assetSources: ["b.csv", "a*.csv"].map((key) => ({ bucket: "source", key })) },
    createAssets,
    ["ReadSources", ["s3:GetObject"], ["arn:aws:s3:::source/a${*}.csv", "arn:aws:s3:::source/b.csv"]],
    writeToService,
  ],
  IMPORT_ASSET_FROM_SIGNED_URL: [{ ...ids, assetName: "a" }, createAssets, writeToService],
  IMPORT_ASSET_FROM_API_GATEWAY_API: [api, createAssets, writeToService],
  IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES: [
    { ...ids, assetSources: [{ dataShareArn: share }] },
    ["AuthorizeDataShares", ["redshift:AuthorizeDataShare"], [share], toConsumer],
    createAssets,
  ],
  IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY: [
    { ...ids, catalogId: "111122223333", roleArn: role },
    createAssets,
    ["PassRole", ["iam:PassRole"], [role], toService],
  ],
  CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET: [
    { ...ids, assetSource: { bucket: "shared", keyPrefixes: ["p/"], kmsKeysToGrant: [{ kmsKeyArn: key }] } },
    createAssets,
    ["GrantKeys", ["kms:CreateGrant"], [key]],
  ],
  EXPORT_ASSETS_TO_S3: [
    {
      ...ids,
      assetDestinations: [
        { assetId, bucket: "target", key: "x/a.csv" },
        { assetId, bucket: "other" },
      ],
      encryption: { type: "aws:kms", kmsKeyArn: key },
    },
    ["Encrypt", ["kms:Decrypt", "kms:GenerateDataKey"], [key]],
    getAssets,
    readFromService,
    ["WriteDestinations", put, ["arn:aws:s3:::other/*", "arn:aws:s3:::target/x/a.csv"]],
  ],
  EXPORT_ASSET_TO_SIGNED_URL: [{ ...ids, assetId }, getAssets, readFromService],
  EXPORT_REVISIONS_TO_S3: [
    {
      dataSetId,
      revisionDestinations: [
        { revisionId, bucket: "target", keyPattern: "${DataSet.Name}/${Revision.Id}/v1-${Asset.Name}" },
      ],
      encryption: { type: "AES256" },
    },
    ["GetDataSets", ["dataexchange:GetDataSet"], [dataSet]],
    ["GetRevisions", ["dataexchange:GetRevision"], [revision]],
    readFromService,
    ["WriteDestinations", put, ["arn:aws:s3:::target/*/*/v1-*"]],
  ],
};

const planned = (type: string, more: Partial<PlannedJob> = {}): PlannedJob => ({
  type,
  details: { [jobTypeOf(type).detailsKey]: jobs[type as JobType][0] },
  ...more,
});

const runJob = ["CancelJob", "CreateJob", "GetJob", "StartJob"].map((action) => `dataexchange:${action}`);

/** The document of one job of a type. */
const expectedDocument = (type: string) => {
  const [, ...needs] = jobs[type as JobType];
  const ofType = { StringEquals: { "dataexchange:JobType": [type] } };
  needs.push(["ListJobs", ["dataexchange:ListJobs"], ["*"]]);
  needs.push(["RunJobs", runJob, ["arn:aws:dataexchange:*:*:jobs/*"], ofType]);
  const Statement = needs
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Sid, Action, Resource, Condition]) => {
      return { Sid, Effect: "Allow", Action, Resource, ...(Condition ? { Condition } : {}) };
    });
  return { Version: "2012-10-17", Statement };
};

const statements = (...jobs: PlannedJob[]) => policyDocument(jobs, anywhere).Statement;
const resourcesOf = (sid: string, all: ReturnType<typeof statements>) =>
  all.find(({ Sid }) => Sid === sid)?.Resource;

const textOf = (policy: Output<string>): Promise<string> =>
  new Promise((resolve) => policy.apply((text) => resolve(text)));

describe("policyDocument", () => {
  for (const { type } of jobTypes) {
    it(`allows exactly what ${type} needs`, () =>
      expect(policyDocument([planned(type)], anywhere)).to.deep.equal(expectedDocument(type)));
  }

  it("joins the permissions of several jobs in one statement per kind", () => {
    const all = jobTypes.map(({ type }) => planned(type, { tagged: true, onDelete: "deleteAssets" }));
    const joined = statements(...all);
    expect(new Set(joined.map(({ Sid }) => Sid)).size).to.equal(joined.length);
    for (const { Sid, Action, Resource, Condition } of all.flatMap((job) => statements(job))) {
      const whole = joined.find((one) => one.Sid === Sid)!;
      expect(Sid).to.match(/^[A-Za-z0-9]+$/);
      expect(whole.Action).to.deep.equal(Action);
      expect(whole.Resource).to.include.members([...Resource]);
      // Only the statement about jobs names their types.
      if (Sid !== "RunJobs") expect(whole.Condition).to.deep.equal(Condition);
    }
  });

  it("is the same for the same jobs in any order and number", () => {
    const all = jobTypes.map(({ type }) => planned(type));
    const shuffled = fc.shuffledSubarray(all, { minLength: all.length });
    fc.assert(
      fc.property(shuffled, fc.subarray(all), (jobs, again) => {
        expect(statements(...jobs, ...again)).to.deep.equal(statements(...all));
      }),
      { numRuns: 50 },
    );
  });

  it("escapes wildcards in keys, so that it never allows other keys", () =>
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (keys) => {
        const assetSources = keys.map((key) => ({ bucket: "source", key }));
        const details = { importAssetsFromS3: { ...ids, assetSources } };
        const all = statements({ type: "IMPORT_ASSETS_FROM_S3", details });
        const resources = resourcesOf("ReadSources", all)!;
        expect(resources.length).to.be.at.most(keys.length);
        // A literal star is written as a policy variable. A placeholder of a key pattern becomes a star.
        const wild = resources.filter((arn) => /[*?]/.test(arn.replace(/\$\{[*?$]\}/g, "")));
        const patterns = keys.filter((key) => /\$\{[^}]*\}/.test(key));
        expect(wild.length).to.be.at.most(patterns.length);
      }),
    ));

  it("contains any key with keys: any, and the given region, account and partition", () => {
    const china = { partition: "aws-cn", region: "cn-north-1", account: "111122223333" };
    const all = policyDocument([planned("IMPORT_ASSETS_FROM_S3")], { ...china, keys: "any" }).Statement;
    expect(resourcesOf("ReadSources", all)).to.deep.equal(["arn:aws-cn:s3:::source/*"]);
    const jobsThere = ["arn:aws-cn:dataexchange:cn-north-1:111122223333:jobs/*"];
    expect(resourcesOf("RunJobs", all)).to.deep.equal(jobsThere);
    expect(resourcesOf("WriteToDataExchange", all)).to.deep.equal(["arn:aws-cn:s3:::*aws-data-exchange*"]);
  });

  it("allows deleting assets for imports with onDelete: deleteAssets", () => {
    const sids = (type: string, onDelete?: string) =>
      statements(planned(type, { onDelete })).map(({ Sid }) => Sid);
    const deletion = ["DeleteAssets", "GetRevisions"];
    expect(sids("IMPORT_ASSETS_FROM_S3", "deleteAssets")).to.include.members(deletion);
    expect(sids("IMPORT_ASSETS_FROM_S3")).not.to.include("DeleteAssets");
    expect(sids("EXPORT_ASSETS_TO_S3", "deleteAssets")).not.to.include("DeleteAssets");
  });

  it("allows tagging assets for imports with tags", () => {
    for (const { type, createsAssets } of jobTypes) {
      const tagged = resourcesOf("TagAssets", statements(planned(type, { tagged: true })));
      expect(tagged, type).to.deep.equal(createsAssets && [revision, `${revision}/assets/*`]);
    }
  });

  it("leaves out permissions that the details do not need", () => {
    const plain = { dataSetId, revisionDestinations: [{ revisionId, bucket: "target" }] };
    const details = { exportRevisionsToS3: plain };
    const all = statements({ type: "EXPORT_REVISIONS_TO_S3", details });
    expect(all.map(({ Sid }) => Sid)).not.to.include.oneOf(["Encrypt", "GetDataSets"]);
    expect(resourcesOf("WriteDestinations", all)).to.deep.equal(["arn:aws:s3:::target/*"]);
  });
});

describe("jobPolicy", () => {
  it("is the same JSON for the same args, without secrets that permissions do not depend on", async () => {
    const type = "IMPORT_ASSET_FROM_API_GATEWAY_API";
    const details = { importAssetFromApiGatewayApi: { ...api, apiKey: secret("planted") } };
    const policy = jobPolicy([{ type, details }]);
    expect(await isSecret(policy)).to.equal(false);
    expect(JSON.parse(await textOf(policy))).to.deep.equal(expectedDocument(type));
    expect(await textOf(jobPolicy([{ type, details }]))).to.equal(await textOf(policy));
  });

  it("names the position of an unknown type, and not its value", async () => {
    const jobs = [{ type: "EXPORT_ASSETS_TO_S3" }, { type: secret("planted") }];
    const { message } = await failureOf(readValue(jobPolicy(jobs as unknown as PlannedJobArgs[])));
    expect(codesIn(message)).to.deep.equal(["unknown-job-type"]);
    expect(message).to.include("jobs[1].type").and.not.include("planted");
  });

  const isTagged = async (assetConfiguration?: unknown): Promise<boolean> => {
    const details = { importAssetsFromS3: { ...ids, assetSources: [{ bucket: "source", key: "a" }] } };
    const args = { type: "IMPORT_ASSETS_FROM_S3", assetConfiguration, details } as PlannedJobArgs;
    const policy = jobPolicy([args]);
    expect(await isSecret(policy)).to.equal(false);
    const text = await textOf(policy);
    expect(text).not.to.include("planted");
    return text.includes("dataexchange:TagResource");
  };

  it("allows tagging assets if the stack has default tags", async () => {
    runtime.setConfig("aws:defaultTags", JSON.stringify({ tags: { team: "data" } }));
    try {
      expect(await isTagged()).to.equal(true);
    } finally {
      runtime.setConfig("aws:defaultTags", "");
    }
  });

  it("allows tagging assets if the args have tags, in every form, and contains no secret tag", async () => {
    const tags = [{ key: "team", value: secret("planted") }];
    for (const given of [{ tags }, output({ tags }), { tags: output(tags) }])
      expect(await isTagged(given)).to.equal(true);
    for (const given of [{ tags: [] }, {}, undefined]) expect(await isTagged(given)).to.equal(false);
  });
});
