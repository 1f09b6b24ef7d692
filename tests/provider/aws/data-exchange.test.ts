import type { IncomingMessage } from "node:http";
import { text as readText } from "node:stream/consumers";

import { expect } from "chai";

import { writeXml } from "../../../emulator/s3/xml";
import { withDefaultTags } from "../../../provider/aws/data-exchange";
import { ServiceError } from "../../../provider/core/errors";
import type { DataExchange, Page } from "../../../provider/core/ports";
import { useServers } from "../../harness/http";
import { failureOf } from "../../simulation/samples";
import { open, roleArn } from "./fixtures";

const assumeRoles = [{ roleArn: roleArn("r") }];
const tag = (key: string, value: string) => ({ key, value });

describe("openDataExchange", () => {
  const serve = useServers();

  for (const [what, own] of [
    ["the service", (url: string) => ({ endpoint: url })],
    ["STS", (url: string) => ({ stsEndpoint: url, assumeRoles })],
  ] as const) {
    it(`fails an aborted call immediately as unavailable if ${what} does not answer`, async () => {
      const late = new AbortController();
      const { url } = await serve(() => late.abort());
      const { facts } = await failureOf(open("", own(url)).getJob("job1", late.signal), ServiceError);
      expect(facts).to.include({ operation: "GetJob", kind: "unavailable" });
    });
  }
});

const ids = { dataSetId: "d1", revisionId: "r1" };

/** Each listing, its path and query, and the list in the answer. */
const listings: [list: (service: DataExchange, token?: string) => Promise<Page<object>>, string, string][] = [
  [(dx, token) => dx.listDataSets("ENTITLED", token), "/v1/data-sets?origin=ENTITLED", "DataSets"],
  [(dx, token) => dx.listDataSets("OWNED", token), "/v1/data-sets?origin=OWNED", "DataSets"],
  [(dx, token) => dx.listRevisions("d1", token), "/v1/data-sets/d1/revisions", "Revisions"],
  [(dx, token) => dx.listRevisionAssets(ids, token), "/v1/data-sets/d1/revisions/r1/assets", "Assets"],
  [
    (dx, token) => dx.listJobs({ ...ids, ...(token && { nextToken: token }) }),
    "/v1/jobs?dataSetId=d1&revisionId=r1",
    "Jobs",
  ],
];

describe("a page of a listing", () => {
  const serve = useServers();

  for (const [list, path, member] of listings) {
    it(`of ${path} has the token of the next one, and up to 200 items`, async () => {
      for (const [given, nextToken] of [
        [undefined, "t1"],
        ["t1", undefined],
      ]) {
        let requested = new URL("http://none");
        const { url } = await serve((request, response) => {
          requested = new URL(request.url!, url);
          response.setHeader("content-type", "application/json");
          response.end(JSON.stringify({ [member]: [], NextToken: nextToken }));
        });
        const page = await list(open(url), given);
        expect(page).to.deep.equal({ items: [], ...(nextToken && { nextToken }) });
        const expected = new URL(path, url);
        expect(requested.pathname).to.equal(expected.pathname);
        expect(Object.fromEntries(requested.searchParams)).to.deep.equal({
          ...Object.fromEntries(expected.searchParams),
          ...(given && { nextToken: given }),
          maxResults: "200",
        });
      }
    });
  }
});

describe("withDefaultTags", () => {
  const request = { type: "IMPORT_ASSETS_FROM_S3", details: { importAssetsFromS3: {} } };

  it("adds the default tags that the job does not set", () => {
    const own = { ...request, assetConfiguration: { tags: [tag("team", "prices")] } };
    const defaults = { team: "data", stage: "prod" };
    for (const [given, team] of [
      [request, "data"],
      [own, "prices"],
    ] as const) {
      const tags = [tag("team", team), tag("stage", "prod")];
      expect(withDefaultTags(given, defaults).assetConfiguration).to.deep.equal({ tags });
    }
  });

  it("changes nothing without default tags, or if the job creates no asset", () => {
    const exporting = { type: "EXPORT_ASSETS_TO_S3", details: { exportAssetsToS3: {} } };
    expect(withDefaultTags(request)).to.equal(request);
    expect(withDefaultTags(request, {})).to.equal(request);
    expect(withDefaultTags(exporting, { team: "data" })).to.equal(exporting);
  });
});

const minute = 60_000;

const signedAt = ({ headers }: IncomingMessage): number => {
  const date = headers["x-amz-date"] as string;
  return Date.parse(date.replace(/^(....)(..)(..T..)(..)(..)/, "$1-$2-$3:$4:$5"));
};

/** Answers to a signature with a wrong date. */
const refusals: [name: string, status: number, message: string][] = [
  ["InvalidSignatureException", 403, "Signature not yet current: 1 is still later than 2 (3 + 5 min.)"],
  ["InvalidSignatureException", 403, "Signature expired: 1 is now earlier than 2 (3 - 5 min.)"],
  ["RequestExpired", 400, "Request has expired. Timestamp date is 1"],
  ["RequestInTheFuture", 403, "Request date is in the future"],
  ["RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large."],
  ["SignatureDoesNotMatch", 403, "Signature expired: 1 is now earlier than 2 (3 - 15 min.)"],
  ["AuthFailure", 401, "AWS was not able to validate the provided access credentials"],
];

describe("a call from a machine whose clock is off", () => {
  const serve = useServers();

  /** Data Exchange and STS with a clock that is `offset` milliseconds ahead; both verify dates. */
  async function startAws(offset: number, [name, status, message]: (typeof refusals)[number]) {
    const refused: string[] = [];
    const { url } = await serve((request, response) => {
      void readText(request).then((text) => {
        const service = text.includes("Action=AssumeRole") ? "STS" : "Data Exchange";
        const now = Date.now() + offset;
        response.setHeader("date", new Date(now).toUTCString());
        response.setHeader("content-type", service === "STS" ? "text/xml" : "application/json");
        if (Math.abs(signedAt(request) - now) < 5 * minute) {
          return response.end(service === "STS" ? assumedRole : JSON.stringify({ Jobs: [] }));
        }
        refused.push(service);
        const error = writeXml({ ErrorResponse: { Error: { Code: name, Message: message } } });
        response.writeHead(status, { "x-amzn-errortype": name });
        response.end(service === "STS" ? error : JSON.stringify({ message }));
      });
    });
    const warnings: string[] = [];
    const dx = open(url, {}, { onClockOff: (text) => warnings.push(text) });
    return { url, dx, warnings, refused };
  }

  /** A service that answers every call with an error and a clock that is further ahead each time. */
  async function startFailing(status: number, name: string, message: string, drift: number) {
    const answered = { calls: 0 };
    const { url } = await serve((_request, response) => {
      const date = new Date(Date.now() + ++answered.calls * drift).toUTCString();
      response.writeHead(status, { date, "x-amzn-errortype": name, "content-type": "application/json" });
      response.end(JSON.stringify({ message }));
    });
    const warnings: string[] = [];
    return { dx: open(url, {}, { onClockOff: (text) => warnings.push(text) }), warnings, answered };
  }

  for (const refusal of refusals) {
    it(`is repeated with the service's time after ${refusal[0]}: ${refusal[2]}`, async () => {
      for (const [offset, words] of [
        [10 * minute, "10m behind"],
        [-26 * 60 * minute, "26h ahead of"],
      ] as const) {
        const { dx, refused, warnings } = await startAws(offset, refusal);
        for (let i = 0; i < 3; i++) expect(await dx.listJobs({})).to.deep.include({ items: [] });
        expect(refused).to.have.length(1);
        expect(warnings).to.have.length(1);
        expect(warnings[0]).to.contain(`This machine's clock is ${words} AWS's`);
      }
    });
  }

  it("is repeated with all calls that were sent before the correction", async () => {
    const { dx, warnings } = await startAws(-20 * minute, refusals[0]!);
    await Promise.all(Array.from({ length: 20 }, () => dx.listJobs({})));
    expect(warnings).to.have.length(1);
  });

  it("is repeated if it assumes a role", async () => {
    const { url, refused } = await startAws(-40 * minute, refusals[5]!);
    await open(url, { stsEndpoint: url, assumeRoles }).listJobs({});
    expect(refused).to.deep.equal(["STS", "Data Exchange"]);
  });

  it("fails immediately if the key is wrong", async () => {
    const message = "The request signature we calculated does not match";
    const { dx, warnings, answered } = await startFailing(403, "SignatureDoesNotMatch", message, 0);
    const { facts } = await failureOf(dx.listJobs({}), ServiceError);
    expect(facts).to.include({ kind: "other", name: "SignatureDoesNotMatch" });
    expect(facts.remedy).to.match(/^The secret access key does not belong to the access key id/);
    expect([answered.calls, warnings]).to.deep.equal([1, []]);
  });

  it("is not repeated if it failed for another reason, although the answer corrects the clock", async () => {
    const { dx, answered } = await startFailing(500, "InternalServerException", "", 10 * minute);
    await failureOf(dx.createJob({ type: "EXPORT_ASSETS_TO_S3", details: {} }), ServiceError);
    expect(answered.calls).to.equal(1);
  });

  it("fails after three corrections that do not help", async () => {
    const { dx, answered } = await startFailing(403, "RequestTimeTooSkewed", "", 10 * minute);
    expect((await failureOf(dx.listJobs({}), ServiceError)).kind).to.equal("other");
    expect(answered.calls).to.equal(4);
  });
});

const Credentials = { AccessKeyId: "AKID", SecretAccessKey: "s", Expiration: "2099-01-01T00:00:00Z" };
const assumedRole = writeXml({ AssumeRoleResponse: { AssumeRoleResult: { Credentials } } });
