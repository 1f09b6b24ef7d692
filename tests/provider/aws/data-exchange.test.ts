import type { IncomingMessage, ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";

import { expect } from "chai";

import { openDataExchange, withDefaultTags } from "../../../provider/aws/data-exchange";
import { ServiceError } from "../../../provider/core/errors";
import { useServers } from "../../harness/http";
import { failureOf } from "../support/samples";

const settings = { region: "us-east-1", accessKey: "AKID", secretKey: "secret", assumeRoles: [] };

describe("the client: a call that is broken off", () => {
  const serve = useServers();

  for (const [what, of] of [
    ["while the service does not answer", (url: string) => ({ ...settings, endpoint: url })],
    [
      "while STS does not",
      (url: string) => ({
        ...settings,
        stsEndpoint: url,
        assumeRoles: [{ roleArn: "arn:aws:iam::123456789012:role/r" }],
      }),
    ],
  ] as const) {
    it(`fails at once as unavailable, ${what}`, async () => {
      const late = new AbortController();
      const { url } = await serve(() => late.abort());
      const failure = await failureOf(openDataExchange(of(url)).getJob("job1", late.signal), ServiceError);
      expect(failure.facts).to.include({ operation: "GetJob", kind: "unavailable" });
    });
  }
});

const tag = (key: string, value: string) => ({ key, value });

describe("default tags", () => {
  const request = { type: "IMPORT_ASSETS_FROM_S3", details: { importAssetsFromS3: {} } };

  it("go onto what a job makes, beneath its own tags", () => {
    const own = { ...request, assetConfiguration: { tags: [tag("team", "prices")] } };
    const defaults = { team: "data", stage: "prod" };
    expect(withDefaultTags(request, defaults).assetConfiguration).to.deep.equal({
      tags: [tag("team", "data"), tag("stage", "prod")],
    });
    expect(withDefaultTags(own, defaults).assetConfiguration).to.deep.equal({
      tags: [tag("team", "prices"), tag("stage", "prod")],
    });
  });

  it("change nothing where there are none, or where the job makes no asset", () => {
    const exporting = { type: "EXPORT_ASSETS_TO_S3", details: { exportAssetsToS3: {} } };
    expect(withDefaultTags(request)).to.equal(request);
    expect(withDefaultTags(request, {})).to.equal(request);
    expect(withDefaultTags(exporting, { team: "data" })).to.equal(exporting);
  });
});

const minute = 60_000;
const connection = { region: "us-east-1", accessKey: "AKID", secretKey: "secret", assumeRoles: [] };
const found = { Jobs: [] };

const signedAt = ({ headers }: IncomingMessage): number => {
  const [, ...parts] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers["x-amz-date"] as string) ?? [];
  const [y, mo, d, h, mi, s] = parts.map(Number) as [number, number, number, number, number, number];
  return Date.UTC(y, mo - 1, d, h, mi, s);
};

/** What services say of a signature of another time. */
const refusals: [name: string, status: number, message: string][] = [
  ["InvalidSignatureException", 403, "Signature not yet current: 1 is still later than 2 (3 + 5 min.)"],
  ["InvalidSignatureException", 403, "Signature expired: 1 is now earlier than 2 (3 - 5 min.)"],
  ["RequestExpired", 400, "Request has expired. Timestamp date is 1"],
  ["RequestInTheFuture", 403, "Request date is in the future"],
  ["RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large."],
  ["SignatureDoesNotMatch", 403, "Signature expired: 1 is now earlier than 2 (3 - 15 min.)"],
  ["AuthFailure", 401, "AWS was not able to validate the provided access credentials"],
];

describe("a machine whose clock is off", () => {
  const serve = useServers();

  /** A service whose clock is `offset` milliseconds ahead of this machine's, and which verifies dates. */
  async function service(offset: number, [name, status, message]: (typeof refusals)[number]) {
    let refused = 0;
    const { url } = await serve((request, response) => {
      void readText(request).then(() => {
        const now = Date.now() + offset;
        const headers = { date: new Date(now).toUTCString(), "content-type": "application/json" };
        if (Math.abs(signedAt(request) - now) < 5 * minute) {
          return response.writeHead(200, headers).end(JSON.stringify(found));
        }
        refused++;
        response.writeHead(status, { ...headers, "x-amzn-errortype": name }).end(JSON.stringify({ message }));
      });
    });
    return { endpoint: url, refused: () => refused };
  }

  for (const refusal of refusals) {
    it(`has its call made again with the service's time: ${refusal[0]}, ${refusal[2]}`, async () => {
      for (const [offset, words] of [
        [10 * minute, "10m behind"],
        [-26 * 60 * minute, "26h ahead of"],
      ] as const) {
        const { endpoint, refused } = await service(offset, refusal);
        const said: string[] = [];
        const dx = openDataExchange({ ...connection, endpoint }, { onClockOff: (text) => said.push(text) });
        for (let i = 0; i < 3; i++) expect(await dx.listJobs({})).to.deep.include({ items: [] });
        expect(refused()).to.equal(1);
        expect(said).to.have.length(1);
        expect(said[0]).to.contain(`This machine's clock is ${words} AWS's`);
      }
    });
  }

  it("has all calls made again that were on their way", async () => {
    const { endpoint } = await service(-20 * minute, refusals[0]!);
    const said: string[] = [];
    const dx = openDataExchange({ ...connection, endpoint }, { onClockOff: (text) => said.push(text) });
    await Promise.all(Array.from({ length: 20 }, () => dx.listJobs({})));
    expect(said).to.have.length(1);
  });

  it("is not suspected where the key is wrong: the call fails at once", async () => {
    let calls = 0;
    const { url } = await serve((_request, response) => {
      calls++;
      response.writeHead(403, {
        "x-amzn-errortype": "SignatureDoesNotMatch",
        "content-type": "application/json",
      });
      response.end(JSON.stringify({ message: "The request signature we calculated does not match" }));
    });
    const said: string[] = [];
    const dx = openDataExchange({ ...connection, endpoint: url }, { onClockOff: (text) => said.push(text) });
    const { facts } = await failureOf(dx.listJobs({}), ServiceError);
    expect(facts).to.include({ kind: "other", name: "SignatureDoesNotMatch" });
    expect(facts.remedy).to.match(/^The secret access key does not belong to the access key id/);
    expect([calls, said]).to.deep.equal([1, []]);
  });

  it("makes no other failed call again, although its clock is corrected by the answer", async () => {
    let calls = 0;
    const { url } = await serve((_request, response: ServerResponse) => {
      calls++;
      const date = new Date(Date.now() + 10 * minute).toUTCString();
      response.writeHead(500, { date, "x-amzn-errortype": "InternalServerException" }).end("{}");
    });
    const dx = openDataExchange({ ...connection, endpoint: url });
    await failureOf(dx.createJob({ type: "EXPORT_ASSETS_TO_S3", details: {} }), ServiceError);
    expect(calls).to.equal(1);
  });

  it("gives up when no correction holds", async () => {
    let calls = 0;
    const { url } = await serve((_request, response) => {
      const date = new Date(Date.now() + ++calls * 10 * minute).toUTCString();
      response.writeHead(403, { date, "x-amzn-errortype": "RequestTimeTooSkewed" }).end("{}");
    });
    const dx = openDataExchange({ ...connection, endpoint: url });
    const { kind } = await failureOf(dx.listJobs({}), ServiceError);
    expect(kind).to.equal("other");
    expect(calls).to.equal(4);
  });

  it("has roles assumed all the same", async () => {
    let refused = 0;
    const { url: stsEndpoint } = await serve((request, response) => {
      void readText(request).then(() => {
        const now = Date.now() - 40 * minute;
        const headers = { date: new Date(now).toUTCString(), "content-type": "text/xml" };
        const fits = Math.abs(signedAt(request) - now) < 5 * minute;
        if (!fits) refused++;
        const keys = `<AccessKeyId>AKIDROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>`;
        response
          .writeHead(fits ? 200 : 403, headers)
          .end(
            fits
              ? `<AssumeRoleResponse><AssumeRoleResult><Credentials>${keys}</Credentials></AssumeRoleResult></AssumeRoleResponse>`
              : "<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>Signature not yet current</Message></Error></ErrorResponse>",
          );
      });
    });
    const { endpoint } = await service(-40 * minute, refusals[0]!);
    const assumeRoles = [{ roleArn: "arn:aws:iam::123456789012:role/r" }];
    const dx = openDataExchange({ ...connection, endpoint, stsEndpoint, assumeRoles });
    await dx.listJobs({});
    expect(refused).to.equal(1);
  });
});
