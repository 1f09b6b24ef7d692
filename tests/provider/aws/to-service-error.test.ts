import { expect } from "chai";

import { toServiceError } from "../../../provider/aws/to-service-error";
import type { FailureKind } from "../../../provider/core/errors";
import { ServiceError } from "../../../provider/core/errors";
import { errorStatuses } from "../../../service-model/errors";

const thrown = (name: string, status?: number, more: object = {}) =>
  Object.assign(new Error("said so"), {
    name,
    ...(status && { $metadata: { httpStatusCode: status } }),
    ...more,
  });

const network = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

describe("failures of the SDK and the network", () => {
  const named: Record<keyof typeof errorStatuses, FailureKind> = {
    ValidationException: "invalid",
    ServiceLimitExceededException: "limit",
    AccessDeniedException: "accessDenied",
    ResourceNotFoundException: "notFound",
    ConflictException: "conflict",
    ThrottlingException: "throttled",
    InternalServerException: "unavailable",
  };
  for (const [name, status] of Object.entries(errorStatuses)) {
    const kind = named[name as keyof typeof named];
    it(`${name} is ${kind}, whatever its status`, () => {
      expect(toServiceError("GetJob", thrown(name, status)).kind).to.equal(kind);
      expect(toServiceError("GetJob", thrown(name)).kind).to.equal(kind);
    });
  }

  const cases: [what: string, error: unknown, kind: FailureKind][] = [
    ["an unnamed 400", thrown("Error", 400), "invalid"],
    ["an unnamed 402", thrown("Error", 402), "limit"],
    ["an unnamed 404", thrown("Error", 404), "notFound"],
    ["an unnamed 408", thrown("Error", 408), "unavailable"],
    ["an unnamed 409", thrown("Error", 409), "conflict"],
    ["an unnamed 429", thrown("Error", 429), "throttled"],
    ["TooManyRequestsException", thrown("TooManyRequestsException", 400), "throttled"],
    ["a quota's error", thrown("ServiceQuotaExceededException", 400), "limit"],
    ["a clock that is off although it was corrected", thrown("RequestTimeTooSkewed", 403), "other"],
    ["a bad signature", thrown("SignatureDoesNotMatch", 403), "other"],
    ["STS that is throttled", thrown("Throttling", 400), "throttled"],
    ["STS that denies the role", thrown("AccessDenied", 403), "accessDenied"],
    ["a session that has expired, told by STS", thrown("ExpiredTokenException", 400), "other"],
    ["a session that has expired", thrown("ExpiredTokenException", 403), "other"],
    ["keys that have expired", thrown("ExpiredToken", 400), "other"],
    ["a web identity that is none", thrown("InvalidIdentityTokenException", 400), "other"],
    ["a web identity's issuer that is down", thrown("IDPCommunicationErrorException", 400), "unavailable"],
    ["an unknown key", thrown("UnrecognizedClientException", 403), "other"],
    ["no credentials", thrown("CredentialsProviderError"), "other"],
    ["an unknown host", network("ENOTFOUND"), "other"],
    ["a time-out of the SDK", thrown("TimeoutError"), "unavailable"],
    ["a success that was cut off", thrown("SyntaxError", 200), "unavailable"],
    ["a socket that hung up", new Error("socket hang up"), "unavailable"],
    ["a text", "no", "other"],
    ...[500, 502, 503, 504].map((status): (typeof cases)[number] => [
      `an unnamed ${status}`,
      thrown("Error", status),
      "unavailable",
    ]),
    ...["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT", "EAI_AGAIN"].map(
      (code): (typeof cases)[number] => [code, network(code), "unavailable"],
    ),
  ];
  for (const [what, error, kind] of cases) {
    it(`${what} is ${kind}`, () => expect(toServiceError("GetJob", error).kind).to.equal(kind));
  }

  it("keep everything that a sentence needs", () => {
    const error = thrown("ServiceLimitExceededException", 402, {
      $metadata: { httpStatusCode: 402, requestId: "q1" },
      Message: "Too many jobs",
      ResourceId: "r1",
      ResourceType: "REVISION",
      LimitName: "Assets per revision",
      LimitValue: 10_000,
      ExceptionCause: "S3AccessDenied",
    });
    const told = toServiceError("StartJob", error);
    expect(told).to.be.instanceOf(ServiceError);
    expect(told.facts).to.deep.equal({
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

  it("name the action that is denied where IAM names it, and the call's own elsewhere", () => {
    const denied = (message: string) =>
      toServiceError("ListJobs", Object.assign(thrown("AccessDenied", 403), { message })).facts.action;
    expect(denied("User: u is not authorized to perform: sts:AssumeRole on resource: r")).to.equal(
      "sts:AssumeRole",
    );
    expect(denied("no")).to.equal("dataexchange:ListJobs");
  });

  it("name a broken connection by its code", () =>
    expect(toServiceError("GetJob", network("ECONNRESET")).facts.name).to.equal("ECONNRESET"));

  it("name the address that refuses connections", () => {
    const refused = (more: object) =>
      toServiceError("GetJob", Object.assign(new Error(""), { code: "ECONNREFUSED", ...more })).facts;
    const one = { address: "127.0.0.1", port: 4 };
    expect(refused(one)).to.include({
      kind: "unavailable",
      message: "127.0.0.1:4 refuses the connection",
      refusedBy: "127.0.0.1:4",
    });
    expect(refused({ errors: [{ address: "::1", port: 4 }, one] }).refusedBy).to.equal("[::1]:4");
    expect(toServiceError("GetJob", network("ECONNRESET")).facts).to.not.have.property("refusedBy");
  });

  it("tell a signed URL that is dead from one that is refused for another reason", () => {
    const put = (name: string, message: string, status = 403) =>
      toServiceError("the upload", Object.assign(thrown(name, status), { message })).kind;
    expect(put("AccessDenied", "Request has expired")).to.equal("expired");
    expect(put("ExpiredToken", "The provided token has expired.", 400)).to.equal("expired");
    expect(put("AccessDenied", "Access Denied")).to.equal("other");
    expect(put("SignatureDoesNotMatch", "no")).to.equal("other");
  });

  it("never hold a signed URL", () => {
    const { facts, message } = toServiceError(
      "the upload",
      new Error("PUT https://x/y?X-Amz-Signature=abc failed"),
    );
    expect(JSON.stringify(facts) + message).to.not.contain("abc");
  });
});
