import { expect } from "chai";

import type { FailureFacts, FailureKind } from "../../../provider/core/errors";
import { ServiceError } from "../../../provider/core/errors";
import { redact } from "../../../lib/redact";
import { describeFailedJob, describeFailure } from "../../../provider/core/error-messages";
import type { JobError, ServiceJob } from "../../../service-model/job";
import { jobError } from "../../../service-model/job";

const failure = (kind: FailureKind, more: Partial<FailureFacts> = {}) =>
  new ServiceError({ kind, operation: "StartJob", name: "SomeException", message: "It went wrong", ...more });

const subject = "Job job1 (EXPORT_ASSETS_TO_S3)";

describe("describeFailure", () => {
  const remedies: Record<FailureKind, RegExp> = {
    throttled: /refused the pace.*timeouts\.request.*run `pulumi up` again later/,
    unavailable: /no usable answer.*timeouts\.request.*goes on from here/,
    limit: /limit of the account is reached.*AWS does not raise the quotas of jobs in progress/,
    notFound: /Check the id, the region and the account/,
    conflict: /Something else changed it/,
    accessDenied: /Allow dataexchange:StartJob to the identity that runs Pulumi/,
    invalid: /Correct the inputs/,
    expired: /upload URL has expired.*new job with a new URL/,
    other: /Check region, endpoint and credentials/,
  };
  for (const [kind, remedy] of Object.entries(remedies) as [FailureKind, RegExp][]) {
    it("says where to import to when the revision is finalized", () => {
      const message = "The revision r1 is finalized, and so read-only.";
      const finalized = failure("conflict", { operation: "CreateJob", message, resourceType: "REVISION" });
      expect(describeFailure(finalized, subject)).to.match(/import into a new revision.*RevisionPublication/);
      const other = failure("conflict", { operation: "DeleteAsset", message });
      expect(describeFailure(other, subject)).to.match(/Something else changed it/);
    });

    it(`names the job, the call, the service's words and the remedy when a call is ${kind}`, () => {
      const text = describeFailure(failure(kind, { action: "dataexchange:StartJob" }), subject);
      expect(
        text.startsWith(`${subject}: StartJob failed with SomeException: It went wrong. `),
        text,
      ).to.equal(true);
      expect(text)
        .to.match(remedy)
        .and.match(/`pulumi up`/);
    });
  }

  it("names resource, limit and request id", () => {
    const facts = {
      resourceId: "r1",
      resourceType: "REVISION",
      limitName: "Assets per revision",
      limitValue: 10_000,
      requestId: "q1",
    };
    expect(describeFailure(failure("limit", facts), subject)).to.match(
      /\(REVISION r1, limit “Assets per revision” of 10000, request id q1\)$/,
    );
  });

  for (const exceptionCause of ["InsufficientS3BucketPolicy", "S3AccessDenied"]) {
    it(`sends people to the bucket's policy for ${exceptionCause}`, () =>
      expect(describeFailure(failure("invalid", { exceptionCause }), subject)).to.contain(
        `Data Exchange may not use the bucket (${exceptionCause}); correct its policy`,
      ));
  }

  it("sends people to their credentials when these have expired", () => {
    for (const name of ["ExpiredToken", "ExpiredTokenException"]) {
      expect(describeFailure(failure("other", { name }), subject)).to.contain(
        "The credentials have expired; renew them",
      );
    }
  });

  it("says of an address that refuses connections that nothing listens there", () => {
    const refused = failure("unavailable", {
      name: "ECONNREFUSED",
      message: "127.0.0.1:4 refuses the connection",
      refusedBy: "127.0.0.1:4",
    });
    expect(describeFailure(refused, subject)).to.contain(
      "StartJob failed with ECONNREFUSED: 127.0.0.1:4 refuses the connection. Nothing listens there:",
    );
  });

  it("tells any other error with the subject", () => {
    expect(describeFailure(new Error("no such profile"), subject)).to.equal(`${subject}: no such profile.`);
    expect(describeFailure("text", subject)).to.equal(`${subject}: text.`);
    expect(describeFailure(undefined, subject)).to.equal(`${subject}: undefined.`);
  });

  it("redacts signed URLs wherever they stand", () => {
    const url = "https://b.s3.amazonaws.com/key?X-Amz-Credential=AKIA&X-Amz-Signature=abc";
    for (const error of [
      failure("other", { message: `PUT ${url} failed` }),
      new Error(`PUT "${url}" failed`),
    ]) {
      expect(describeFailure(error, subject))
        .to.contain("https://b.s3.amazonaws.com/key?[secret]")
        .and.not.match(/AKIA|abc/);
    }
  });
});

describe("redact", () => {
  for (const [what, text, expected] of [
    ["a signed URL", "at https://x.test/a?b=c&d=e now", "at https://x.test/a?[secret] now"],
    ["several", "http://x/?a=1 'https://y/z?b=2'", "http://x/?[secret] 'https://y/z?[secret]'"],
    ["a URL in capitals", "HTTPS://X.TEST/a?Signature=s", "HTTPS://X.TEST/a?[secret]"],
    ["a URL in JSON", '{"url":"https://x/?a=1\\u0026b=2"}', '{"url":"https://x/?[secret]"}'],
    ["a URL without a query", "https://x.test/a", "https://x.test/a"],
    ["a password", "http://me:word@x.test/a", "http://x.test/a"],
    ["a password with an @", "http://me:w@rd@x.test/a@b", "http://x.test/a@b"],
    [
      "a password of another scheme",
      "at ftp://me:word@x.test/a, socks5://me:word@y",
      "at ftp://x.test/a, socks5://y",
    ],
    ["a key that looks like a query", "s3://bucket/a?b#c@d", "s3://bucket/a?b#c@d"],
    ["a question", "really? yes", "really? yes"],
  ] as const) {
    it(`deals with ${what}`, () => expect(redact(text)).to.equal(expected));
  }
});

describe("describeFailedJob", () => {
  const job = (errors: JobError[], state: ServiceJob["state"] = "ERROR"): ServiceJob => ({
    id: "job1",
    arn: "arn",
    type: "IMPORT_ASSETS_FROM_S3",
    details: {},
    createdAt: "",
    updatedAt: "",
    state,
    errors,
  });

  for (const code of jobError.members.code.shape.values!) {
    it(`says what to do about ${code}, and that the next up runs it again`, () => {
      const [, told = "", remedy = ""] =
        /^Job job1 \(IMPORT_ASSETS_FROM_S3\) ended in ERROR: (\w+: No)\. (.+)\. The next `pulumi up` runs it again as a new job\.$/.exec(
          describeFailedJob(job([{ code, message: "No." }])),
        ) ?? [];
      expect(told).to.equal(`${code}: No`);
      expect(remedy.length).to.be.greaterThan(10);
    });
  }

  it("names the objects of an import, ten of them, and how many more there are", () => {
    const importAssetsFromS3JobErrorDetails = Array.from({ length: 12 }, (_, i) => ({
      bucket: "b",
      key: `k${i}`,
    }));
    const text = describeFailedJob(
      job([{ code: "X", message: "No", details: { importAssetsFromS3JobErrorDetails } }]),
    );
    expect(text)
      .to.contain("(s3://b/k0, s3://b/k1,")
      .and.contain("s3://b/k9, and 2 more)")
      .and.not.contain("k10");
  });

  it("names the asset of an upload, the resource and the limit", () => {
    const error: JobError = {
      code: "SERVICE_QUOTA_EXCEEDED_EXCEPTION",
      message: "Too many.",
      limitName: "Assets per revision",
      limitValue: 10_000,
      resourceId: "r1",
      resourceType: "REVISION",
      details: { importAssetFromSignedUrlJobErrorDetails: { assetName: "prices.csv" } },
    };
    expect(describeFailedJob(job([error]))).to.contain(
      "Too many (asset prices.csv, REVISION r1, limit “Assets per revision” of 10000).",
    );
  });

  it("gives the same advice once for several errors", () => {
    const text = describeFailedJob(
      job([
        { code: "MALWARE_DETECTED", message: "one" },
        { code: "MALWARE_DETECTED", message: "two" },
      ]),
    );
    expect(text).to.contain("MALWARE_DETECTED: one; MALWARE_DETECTED: two.");
    expect(text.split("Remove or replace the file")).to.have.length(2);
  });

  it("explains the states that come without errors", () => {
    expect(describeFailedJob(job([], "TIMED_OUT"))).to.contain(
      "ended in TIMED_OUT. The service gave up waiting for it.",
    );
    expect(describeFailedJob(job([], "CANCELLED"))).to.contain(
      "ended in CANCELLED. It was cancelled before it had any effect.",
    );
  });

  it("redacts signed URLs in the service's words", () => {
    expect(describeFailedJob(job([{ code: "X", message: "GET https://x/y?sig=abc" }]))).to.not.contain("abc");
  });
});
