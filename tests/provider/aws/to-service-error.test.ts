import { expect } from "chai";

import { toServiceError } from "../../../provider/aws/to-service-error";
import type { FailureKind } from "../../../provider/core/errors";
import type { errorStatuses } from "../../../service-model/errors";

const thrown = (name: string, status?: number, more: object = {}) =>
  Object.assign(new Error("said so"), {
    name,
    ...(status && { $metadata: { httpStatusCode: status } }),
    ...more,
  });

const network = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

/** Kinds of failures by the name of the error. Its status does not matter. */
const kindByName: Record<keyof typeof errorStatuses, FailureKind> & Record<string, FailureKind> = {
  ValidationException: "invalid",
  ServiceLimitExceededException: "limit",
  AccessDeniedException: "accessDenied",
  ResourceNotFoundException: "notFound",
  ConflictException: "conflict",
  ThrottlingException: "throttled",
  InternalServerException: "unavailable",
  TooManyRequestsException: "throttled",
  ServiceQuotaExceededException: "limit",
  RequestTimeTooSkewed: "other",
  // STS answers these, most of them with 400.
  Throttling: "throttled",
  AccessDenied: "accessDenied",
  ExpiredTokenException: "other",
  ExpiredToken: "other",
  InvalidIdentityTokenException: "other",
  IDPCommunicationErrorException: "unavailable",
};

const kindByStatus: Record<number, FailureKind> = {
  400: "invalid",
  402: "limit",
  404: "notFound",
  408: "unavailable",
  409: "conflict",
  429: "throttled",
  500: "unavailable",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

const others: [what: string, error: unknown, kind: FailureKind][] = [
  ["a bad signature", thrown("SignatureDoesNotMatch", 403), "other"],
  ["an unknown key", thrown("UnrecognizedClientException", 403), "other"],
  ["missing credentials", thrown("CredentialsProviderError"), "other"],
  ["an unknown host", network("ENOTFOUND"), "other"],
  ["a timeout of the SDK", thrown("TimeoutError"), "unavailable"],
  ["a success that was cut off", thrown("SyntaxError", 200), "unavailable"],
  ["a socket that hung up", new Error("socket hang up"), "unavailable"],
  ["a thrown text", "no", "other"],
  ...["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT", "EAI_AGAIN"].map(
    (code): (typeof others)[number] => [code, network(code), "unavailable"],
  ),
];

describe("toServiceError", () => {
  const kindOf = (error: unknown) => toServiceError("GetJob", error).kind;

  for (const [name, kind] of Object.entries(kindByName)) {
    it(`maps ${name} to ${kind}, with any status`, () => {
      for (const status of [undefined, 400, 403, 500]) expect(kindOf(thrown(name, status))).to.equal(kind);
    });
  }
  for (const [status, kind] of Object.entries(kindByStatus)) {
    it(`maps status ${status} without a name to ${kind}`, () =>
      expect(kindOf(thrown("Error", Number(status)))).to.equal(kind));
  }
  for (const [what, error, kind] of others) {
    it(`maps ${what} to ${kind}`, () => expect(kindOf(error)).to.equal(kind));
  }

  it("keeps all facts that a message needs", () => {
    const error = thrown("ServiceLimitExceededException", 402, {
      $metadata: { httpStatusCode: 402, requestId: "q1" },
      Message: "Too many jobs",
      ResourceId: "r1",
      ResourceType: "REVISION",
      LimitName: "Assets per revision",
      LimitValue: 10_000,
      ExceptionCause: "S3AccessDenied",
    });
    expect(toServiceError("StartJob", error).facts).to.deep.equal({
      operation: "StartJob",
      kind: "limit",
      name: "ServiceLimitExceededException",
      message: "Too many jobs",
      status: 402,
      requestId: "q1",
      resourceId: "r1",
      resourceType: "REVISION",
      limitName: "Assets per revision",
      limitValue: 10_000,
      exceptionCause: "S3AccessDenied",
      action: "dataexchange:StartJob",
    });
  });

  it("names the denied action that IAM names, and otherwise that of the call", () => {
    const denied = (message: string) =>
      toServiceError("ListJobs", thrown("AccessDenied", 403, { message })).facts.action;
    expect(denied("User: u is not authorized to perform: sts:AssumeRole on resource: r")).to.equal(
      "sts:AssumeRole",
    );
    expect(denied("no")).to.equal("dataexchange:ListJobs");
  });

  it("names a broken connection by its code, and the address that refuses connections", () => {
    const facts = (more: object) => toServiceError("GetJob", Object.assign(new Error(""), more)).facts;
    const reset = facts({ code: "ECONNRESET" });
    expect(reset).to.include({ name: "ECONNRESET" }).and.not.have.property("refusedBy");
    const one = { address: "127.0.0.1", port: 4 };
    const refusedBy = "127.0.0.1:4";
    const message = "127.0.0.1:4 refuses the connection";
    expect(facts({ code: "ECONNREFUSED", ...one })).to.include({ refusedBy, message });
    const several = facts({ code: "ECONNREFUSED", errors: [{ address: "::1", port: 4 }, one] });
    expect(several.refusedBy).to.equal("[::1]:4");
  });

  for (const [name, message, status, kind] of [
    ["AccessDenied", "Request has expired", 403, "expired"],
    ["ExpiredToken", "The provided token has expired.", 400, "expired"],
    ["AccessDenied", "Access Denied", 403, "other"],
    ["SignatureDoesNotMatch", "no", 403, "other"],
  ] as const) {
    it(`maps ${name} of an upload with the message ${message} to ${kind}`, () =>
      expect(toServiceError("the upload", thrown(name, status, { message })).kind).to.equal(kind));
  }

  it("removes the query of a signed URL", () => {
    const error = new Error("PUT https://x/y?X-Amz-Signature=abc failed");
    const { facts, message } = toServiceError("the upload", error);
    expect(JSON.stringify(facts) + message).to.not.contain("abc");
  });
});
