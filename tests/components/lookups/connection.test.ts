/** The calls of the lookups of programs: settings, retries, permissions. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { output, RunError } from "@pulumi/pulumi";
import type { ProviderResource, Resource } from "@pulumi/pulumi";
import { expect } from "chai";

import { getAssets, getDataSet, getJob, getLatestRevision, getRevision } from "../../../components/lookups";
import { codesIn } from "../../../lib/message-code";
import { failureOf } from "../../simulation/samples";
import { usePublisher } from "./publisher";

describe("the calls of lookups", function () {
  this.timeout("1m");
  const { shared, publish } = usePublisher();

  it("use region and identity of the provider of @pulumi/aws in the options", async () => {
    const dataSetId = await shared.service.createDataSet();
    await publish(dataSetId, "a.csv");
    const europe = { region: output("eu-west-1") } as unknown as ProviderResource;
    const { message } = await failureOf(getLatestRevision({ dataSetId }, { provider: europe }));
    expect(codesIn(message)).to.deep.equal(["resource-not-found"]);
    const parent = { getProvider: () => europe } as unknown as Resource;
    const inherited = await failureOf(getLatestRevision({ dataSetId }, { parent }));
    expect(codesIn(inherited.message)).to.deep.equal(["resource-not-found"]);
    expect(await getLatestRevision({ dataSetId, region: "us-east-1" }, { provider: europe })).to.include({
      dataSetId,
    });
  });

  it("repeat a call that is throttled", async () => {
    const { service } = shared;
    const dataSetId = await service.createDataSet();
    const { revisionId } = await publish(dataSetId, "a.csv");
    service.local.faults.add({ operation: "ListDataSetRevisions", error: "ThrottlingException" });
    expect((await getLatestRevision({ dataSetId })).revisionId).to.equal(revisionId);
  });

  it("use each argument of the connection", async () => {
    const { service } = shared;
    const dataSetId = await service.createDataSet();
    const { revisionId } = await publish(dataSetId, "a.csv");
    const { endpoint } = service;
    expect((await getLatestRevision({ dataSetId, endpoint })).revisionId).to.equal(revisionId);
    process.env.AWS_SHARED_CREDENTIALS_FILE = join(await mkdtemp(join(tmpdir(), "lookups-")), "credentials");
    const profile = "[other]\naws_access_key_id = 222222222222\naws_secret_access_key = x\n";
    await writeFile(process.env.AWS_SHARED_CREDENTIALS_FILE, profile);
    try {
      for (const other of [
        { region: "eu-west-1" },
        { profile: "other" },
        { assumeRole: { roleArn: "arn:aws:iam::222222222222:role/reader" } },
      ]) {
        const { message } = await failureOf(getLatestRevision({ dataSetId, ...other }));
        expect(codesIn(message), Object.keys(other)[0]).to.deep.equal(["resource-not-found"]);
      }
    } finally {
      delete process.env.AWS_SHARED_CREDENTIALS_FILE;
    }
  });

  const [dataSetId, revisionId, jobId] = ["d", "e", "f"].map((letter) => letter.repeat(32)) as [
    string,
    string,
    string,
  ];

  for (const [operation, lookUp] of [
    ["ListDataSets", () => getDataSet({ name: "prices", origin: "OWNED" })],
    ["ListDataSetRevisions", () => getLatestRevision({ dataSetId })],
    ["GetRevision", () => getRevision({ dataSetId, revisionId })],
    ["ListRevisionAssets", () => getAssets({ dataSetId, revisionId })],
    ["GetJob", () => getJob({ jobId })],
  ] as const) {
    it(`name the action ${operation} if it is denied`, async () => {
      shared.service.local.faults.add({ operation, error: "AccessDeniedException" });
      const { message } = await failureOf(lookUp(), RunError);
      expect(codesIn(message)).to.deep.equal(["access-denied"]);
      expect(message).to.contain(`Allow dataexchange:${operation} `);
    });
  }

  it("fail without a region", async () => {
    const { AWS_REGION } = process.env;
    delete process.env.AWS_REGION;
    process.env.AWS_CONFIG_FILE = "/dev/null";
    try {
      const { message } = await failureOf(getJob({ jobId: "j".repeat(32) }));
      expect(codesIn(message)).to.deep.equal(["missing-region"]);
    } finally {
      process.env.AWS_REGION = AWS_REGION;
      delete process.env.AWS_CONFIG_FILE;
    }
  });

  it("trust the certificates of AWS_CA_BUNDLE", async () => {
    process.env.AWS_CA_BUNDLE = join(__dirname, "missing.pem");
    try {
      const { message } = await failureOf(getJob({ jobId }), RunError);
      expect(codesIn(message)).to.deep.equal(["unreadable-ca-bundle"]);
    } finally {
      delete process.env.AWS_CA_BUNDLE;
    }
  });
});
