import { expect } from "chai";

import { CodedError, codesIn } from "../../../lib/message-code";
import { describeFailedJob, describeFailure } from "../../../provider/core/error-messages";
import type { FailureFacts, FailureKind } from "../../../provider/core/errors";
import { JobSetError, ServiceError, uploadOperation } from "../../../provider/core/errors";
import type { JobError, ServiceJob } from "../../../service-model/job";
import { jobError } from "../../../service-model/job";

const failure = (kind: FailureKind, more: Partial<FailureFacts> = {}) =>
  new ServiceError({ kind, operation: "StartJob", name: "SomeException", message: "It went wrong", ...more });

const limit = { limitName: "Assets per revision", limitValue: 10_000 };

const subject = "Job job1 (EXPORT_ASSETS_TO_S3)";

describe("describeFailure", () => {
  const finalized = "The revision r1 is finalized, and so read-only.";
  const codes: readonly [string, FailureKind, Partial<FailureFacts>?][] = [
    ["requests-throttled", "throttled"],
    ["service-unavailable", "unavailable"],
    ["connection-refused", "unavailable", { refusedBy: "127.0.0.1:4" }],
    ["upload-timeout", "unavailable", { operation: uploadOperation }],
    ["quota-reached", "limit"],
    ["resource-not-found", "notFound"],
    ["resource-conflict", "conflict"],
    ["resource-conflict", "conflict", { operation: "DeleteAsset", message: finalized }],
    ["revision-finalized", "conflict", { operation: "CreateJob", message: finalized }],
    ["access-denied", "accessDenied", { action: "dataexchange:StartJob" }],
    ["bucket-access-denied", "invalid", { exceptionCause: "InsufficientS3BucketPolicy" }],
    ["bucket-access-denied", "invalid", { exceptionCause: "S3AccessDenied" }],
    ["invalid-request", "invalid"],
    ["upload-url-expired", "expired"],
    ["upload-refused", "other", { operation: uploadOperation }],
    ["credentials-expired", "other", { name: "ExpiredToken" }],
    ["credentials-expired", "other", { name: "ExpiredTokenException" }],
    ["request-failed", "other"],
  ];
  for (const [code, kind, facts] of codes) {
    it(`names the job, the cause and a remedy for ${kind} ${JSON.stringify(facts ?? {})}: ${code}`, () => {
      const error = failure(kind, facts);
      const { operation, name, message } = error.facts;
      const described = describeFailure(error, subject);
      expect(described.code).to.equal(code);
      const cause = `${subject}: ${operation} failed with ${name}: ${message.replace(/\.?$/, ".")} `;
      expect(described.text.startsWith(cause), described.text).to.equal(true);
      expect(described.text.slice(cause.length)).to.match(/^\w.*run `pulumi up`/i);
    });
  }

  const ids = { resourceId: "r1", resourceType: "REVISION", requestId: "q1" };
  const about = "(REVISION r1, limit “Assets per revision” of 10000, request id q1)";
  const parts: [title: string, error: ServiceError, part: string][] = [
    ["names the missing permission", failure("accessDenied", { action: "a:B" }), "Allow a:B"],
    ["prefers the client's remedy", failure("other", { remedy: "Do this." }), "wrong. Do this."],
    ["names resource, limit and request id", failure("limit", { ...limit, ...ids }), about],
  ];
  for (const [title, error, part] of parts)
    it(title, () => expect(describeFailure(error, subject).text).to.contain(part));

  it("keeps the code of a coded error, and gives any other error a code", () => {
    const errors: [error: unknown, code: string, words: string][] = [
      [new CodedError({ code: "some-code", text: "It failed." }), "some-code", "It failed"],
      [new Error("no such profile"), "unexpected-error", "no such profile"],
      ["text", "unexpected-error", "text"],
      [undefined, "unexpected-error", "undefined"],
    ];
    for (const [error, code, words] of errors)
      expect(describeFailure(error, subject)).to.deep.equal({ code, text: `${subject}: ${words}.` });
  });

  it("redacts signed URLs", () => {
    const url = "https://b.s3.amazonaws.com/key?X-Amz-Credential=AKIA&X-Amz-Signature=abc";
    for (const error of [
      failure("other", { message: `PUT ${url} failed` }),
      new Error(`PUT "${url}" failed`),
      new CodedError({ code: "some-code", text: `PUT ${url} failed.` }),
    ]) {
      expect(describeFailure(error, subject).text)
        .to.contain("https://b.s3.amazonaws.com/key?[secret]")
        .and.not.match(/AKIA|abc/);
    }
  });
});

describe("describeFailedJob", () => {
  const job = (errors: JobError[], state: ServiceJob["state"] = "ERROR"): ServiceJob => ({
    ...{ id: "job1", arn: "arn", type: "IMPORT_ASSETS_FROM_S3", details: {}, createdAt: "", updatedAt: "" },
    state,
    errors,
  });

  for (const code of jobError.members.code.shape.values!) {
    it(`quotes ${code} and gives advice`, () => {
      const { text } = describeFailedJob(job([{ code, message: "No." }]));
      const [quote, advice] = text.split(`ended in ERROR: ${code}: No. `);
      expect(quote).to.equal("Job job1 (IMPORT_ASSETS_FROM_S3) ");
      expect(advice).to.match(/^.{10,}\. The next `pulumi up`/);
    });
  }

  it("names at most ten objects of an import", () => {
    const keys = Array.from({ length: 12 }, (_, i) => ({ bucket: "b", key: `k${i}` }));
    const details = { importAssetsFromS3JobErrorDetails: keys };
    expect(describeFailedJob(job([{ code: "X", message: "No", details }])).text)
      .to.contain("(s3://b/k0, s3://b/k1,")
      .and.contain("s3://b/k9 and 2 more)")
      .and.not.contain("k10");
  });

  it("names the asset of an upload, the resource and the limit", () => {
    const details = { importAssetFromSignedUrlJobErrorDetails: { assetName: "prices.csv" } };
    const resource = { resourceId: "r1", resourceType: "REVISION" };
    const error = { code: "X", message: "Too many.", ...limit, ...resource, details };
    expect(describeFailedJob(job([error])).text).to.contain(
      "Too many (asset prices.csv, REVISION r1, limit “Assets per revision” of 10000).",
    );
  });

  it("gives the same advice once for several errors", () => {
    const [first, both] = [["one"], ["one", "two"]].map((messages) =>
      describeFailedJob(job(messages.map((message) => ({ code: "MALWARE_DETECTED", message })))),
    );
    expect(both!.text).to.equal(first!.text.replace("one.", "one; MALWARE_DETECTED: two."));
  });

  it("redacts signed URLs", () => {
    const { text } = describeFailedJob(job([{ code: "X", message: "GET https://x/y?sig=abc" }]));
    expect(text).to.not.contain("abc");
  });
});

describe("a message about a job whose details hold a secret", () => {
  const details = { importAssetsFromS3: { assetSources: [{ bucket: "buck+", key: "buck+/k" }] } };
  const inputs = { type: "IMPORT_ASSETS_FROM_S3", details, __secret: true } as const;
  const message = "No buck+/k in buck+.";

  it("masks each text of the details in the words of the service, and only there", () => {
    const error = failure("invalid", { message, resourceId: "buck+/k", requestId: "buck+" });
    const { text } = describeFailure(error, "Job buck+", inputs);
    expect(text).to.contain("Job buck+: StartJob failed with SomeException: No [secret] in [secret].");
    expect(text).to.contain("(resource [secret], request id buck+)");
    for (const other of [new Error(message), new CodedError({ code: "some-code", text: message })])
      expect(describeFailure(other, subject, inputs).text).to.equal(`${subject}: No [secret] in [secret].`);
    expect(describeFailure(new Error(message), subject, { ...inputs, __secret: undefined }).text).to.contain(
      message,
    );
  });

  it("shows the ids of the service and values that are not free text", () => {
    const ids = { dataSetId: "d".repeat(32), revisionId: "r".repeat(32), assetId: "a".repeat(32) };
    const { dataSetId, revisionId, assetId } = ids;
    const text = `No ${assetId} in ${revisionId} of ${dataSetId}: AES256`;
    const { text: shown } = describeFailure(new Error(text), subject, {
      type: "EXPORT_ASSETS_TO_S3",
      details: {
        exportAssetsToS3: {
          ...{ dataSetId, revisionId, assetDestinations: [{ assetId, bucket: "a", key: "No" }] },
          encryption: { type: "AES256" },
        },
      },
      __secret: true,
    });
    expect(shown).to.equal(`${subject}: ${text}.`);
  });

  it("masks an API key that the program did not mark", () => {
    const api = { importAssetFromApiGatewayApi: { apiName: "weather", apiKey: "PLANTED" } };
    const { text } = describeFailure(new Error("weather: PLANTED"), subject, {
      type: "IMPORT_ASSET_FROM_API_GATEWAY_API",
      details: api,
    });
    expect(text).to.equal(`${subject}: weather: [secret].`);
  });

  it("has the codes of the job's errors, and says where the rest is", () => {
    const objects = { importAssetsFromS3JobErrorDetails: [{ bucket: "buck+", key: "buck+/k" }] };
    const job = { id: "job1", arn: "arn", createdAt: "", updatedAt: "", state: "ERROR" } as const;
    const errors = [
      { code: "RESOURCE_NOT_FOUND_EXCEPTION", message, resourceId: "buck+/k", details: objects },
    ];
    const { text } = describeFailedJob({ ...job, ...inputs, errors }, inputs);
    expect(text).to.contain("ended in ERROR: RESOURCE_NOT_FOUND_EXCEPTION. ").and.not.contain("buck+");
    expect(text).to.contain("`errors`").and.not.contain("named");
  });
});

describe("JobSetError", () => {
  it("describes at most ten failures, and the set", () => {
    const error = new CodedError({ code: "job-failed", text: "It failed." });
    const failures = new Map(Array.from({ length: 12 }, (_, i) => [`job${i}`, error]));
    const { reasons } = new JobSetError(failures, 20, { results: {} });
    expect(reasons.map((reason) => codesIn(reason))).to.deep.equal([
      ...Array<string[]>(10).fill(["job-failed"]),
      ["job-set-incomplete"],
    ]);
  });
});
