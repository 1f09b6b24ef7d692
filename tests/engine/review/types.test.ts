/** Reviews of the real engine's previews of each job type. */
import { expect } from "chai";

import type { JobType } from "../../../index";
import { Job } from "../../../index";
import { describeReason } from "../../../review/describe-reason";
import type { RichText } from "../../../review/rich-text";
import { toPlainText } from "../../../review/rich-text";
import { forEachHost } from "../../harness/hosts";
import { prepareJobs } from "../../harness/one-job-per-type";
import type { ReviewResult } from "../../harness/review-result";
import { reviewProgram } from "../../harness/review-result";
import { expectSuccess } from "../../harness/stack";

const container = "revision ID of data set ID";

const sentences: Record<JobType, string> = {
  IMPORT_ASSETS_FROM_S3: `imports 1 object of source into ${container}`,
  IMPORT_ASSET_FROM_SIGNED_URL: `imports an uploaded file as asset upload.txt into ${container}`,
  IMPORT_ASSET_FROM_API_GATEWAY_API: `licenses stage prod of API prices-api (abc123) as an asset of ${container}`,
  IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES: `licenses 1 datashare as assets of ${container}`,
  IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY:
    `licenses the resources of a Lake Formation tag policy in catalog 123456789012 as an asset of ${container}, ` +
    "granted by role arn:aws:iam::123456789012:role/grants1",
  CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET: `shares bucket source, its prefixes v1/, in place as an asset of ${container}`,
  EXPORT_ASSETS_TO_S3: `exports 1 asset of ${container} to target`,
  EXPORT_ASSET_TO_SIGNED_URL: `creates a signed URL to download asset ID of ${container}`,
  EXPORT_REVISIONS_TO_S3: "exports 1 revision of data set ID to target",
};

const share = "arn:aws:redshift:us-east-1:123456789012:datashare:f1e2d3c4-0000-1111-2222-333344445555/sales";

const causes: Record<JobType, string> = {
  IMPORT_ASSETS_FROM_S3: "1 object added: s3://source/b.csv; 1 object removed: s3://source/a.csv",
  IMPORT_ASSET_FROM_SIGNED_URL: "the content of its upload changed",
  IMPORT_ASSET_FROM_API_GATEWAY_API: "stage changed from prod to next",
  IMPORT_ASSETS_FROM_REDSHIFT_DATA_SHARES: `1 datashare added: ${share}2; 1 datashare removed: ${share}1`,
  IMPORT_ASSETS_FROM_LAKE_FORMATION_TAG_POLICY:
    "roleArn changed from arn:aws:iam::123456789012:role/grants1 to arn:aws:iam::123456789012:role/grants2",
  CREATE_S3_DATA_ACCESS_FROM_S3_BUCKET:
    "assetSource.keyPrefixes added: v2/; assetSource.keyPrefixes removed: v1/",
  EXPORT_ASSETS_TO_S3: "1 asset changed: ID to s3://target/asset-1.csv → ID to s3://target/asset-2.csv",
  EXPORT_ASSET_TO_SIGNED_URL: "assetId changed from ID to ID",
  EXPORT_REVISIONS_TO_S3:
    "1 revision changed: ID to s3://target/revision-1/${Asset.Name} → ID to s3://target/revision-2/${Asset.Name}",
};

/** Ids differ between runs. */
const withoutIds = (text: RichText): string => toPlainText(text).replace(/\b[a-zA-Z0-9]{8}…/g, "ID");

forEachHost("review of all job types on the engine", function (host) {
  this.timeout("10m");
  const shared = host.useStack();
  let created: ReviewResult, unchanged: ReviewResult, changed: ReviewResult;

  before(async () => {
    const { stack, service } = shared;
    const jobs = await prepareJobs(service);
    const declare = (variant: 1 | 2) => () => {
      for (const [name, args] of Object.entries(jobs(variant))) new Job(name, args);
      return Promise.resolve();
    };
    created = await reviewProgram(stack, declare(1));
    expectSuccess(await stack.up(declare(1)));
    unchanged = await reviewProgram(stack, declare(1));
    changed = await reviewProgram(stack, declare(2));
  });

  for (const type of Object.keys(sentences) as JobType[]) {
    it(`describes ${type}`, () => {
      const job = created.job(type);
      expect(job).to.include({ action: "new", type });
      expect(withoutIds(job.summary)).to.equal(sentences[type]);
      expect(created.reasonKinds(type)).to.deep.equal(["new"]);
    });

    it(`has the reason why ${type} runs again`, () => {
      expect(changed.job(type).action).to.equal("rerun");
      const reasons = changed.reasons(type).map((reason) => withoutIds(describeReason(reason)));
      expect(reasons).to.deep.equal([causes[type]]);
    });
  }

  it("warns that the signed URL of an export is a credential, and of no other output", () => {
    const warned = created.review.running.filter(({ warnings }) => warnings.length > 0);
    const warning = { kind: "credential-output", outputs: ["signedUrl"] };
    const expected = [["EXPORT_ASSET_TO_SIGNED_URL", [warning]]];
    expect(warned.map(({ type, warnings }) => [type, warnings])).to.deep.equal(expected);
  });

  it("warns of assets that each import leaves in the same revision, and not of an export to other keys", () => {
    const kinds = (type: string) => changed.warningKinds(type);
    expect(kinds("IMPORT_ASSET_FROM_SIGNED_URL")).to.deep.equal(["duplicate-assets last-run"]);
    expect(kinds("IMPORT_ASSETS_FROM_S3")).to.deep.equal(["remaining-assets last-run"]);
    for (const type of Object.keys(sentences).filter((type) => /^(IMPORT|CREATE)/.test(type)))
      expect(kinds(type), type).to.have.length(1);
    for (const type of ["EXPORT_ASSETS_TO_S3", "EXPORT_REVISIONS_TO_S3"])
      expect(kinds(type), type).to.deep.equal([]);
  });

  it("shows no API key", () => {
    for (const { printed } of [created, unchanged, changed]) expect(printed).not.to.contain("planted-");
  });
});
