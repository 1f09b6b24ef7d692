import type { ServerResponse } from "node:http";

import { expect } from "chai";

import type { DataExchange } from "../../../provider/core/ports";
import { ServiceError } from "../../../provider/core/errors";
import { useServers } from "../../harness/http";
import { failureOf } from "../../simulation/samples";
import { open } from "./fixtures";

const revision = { dataSetId: "d1", revisionId: "r1" };
const times = { CreatedAt: "2026-01-05T10:00:00.000Z", UpdatedAt: "2026-01-05T10:00:00.000Z" };
const job = {
  ...times,
  Arn: "arn:aws:dataexchange:us-east-1:123456789012:jobs/j1",
  Details: { ExportAssetsToS3: {} },
  Id: "j1",
  State: "WAITING",
  Type: "EXPORT_ASSETS_TO_S3",
};
const asset = {
  Arn: "arn:aws:dataexchange:us-east-1:123456789012:data-sets/d1/revisions/r1/assets/a1",
  AssetType: "S3_SNAPSHOT",
  CreatedAt: times.CreatedAt,
  Id: "a1",
  Name: "a.csv",
};

const dataSet = {
  Arn: "arn:aws:dataexchange:us-east-1::data-sets/d1",
  AssetType: "S3_SNAPSHOT",
  CreatedAt: times.CreatedAt,
  Description: "daily prices",
  Id: "d1",
  Name: "prices",
  Origin: "ENTITLED",
};

const finalized = {
  Arn: "arn:aws:dataexchange:us-east-1:123456789012:data-sets/d1/revisions/r1",
  CreatedAt: times.CreatedAt,
  Finalized: true,
  Id: "r1",
};

type Call = (service: DataExchange) => Promise<unknown>;
type Respond = (response: ServerResponse) => unknown;

const listJobs: Call = (dx) => dx.listJobs({ dataSetId: "d1" });
const listAssets: Call = (dx) => dx.listRevisionAssets(revision);
const startJob: Call = (dx) => dx.startJob("j1");

/** Each operation with a complete answer. */
const operations: [operation: string, call: Call, status: number, body?: object][] = [
  ["CreateJob", (dx) => dx.createJob({ type: job.Type, details: {} }), 201, job],
  ["GetJob", (dx) => dx.getJob("j1"), 200, job],
  ["ListJobs", listJobs, 200, { Jobs: [job] }],
  ["ListRevisionAssets", listAssets, 200, { Assets: [asset] }],
  ["GetRevision", (dx) => dx.getRevision(revision), 200, finalized],
  ["ListDataSets", (dx) => dx.listDataSets("ENTITLED"), 200, { DataSets: [dataSet] }],
  ["ListDataSetRevisions", (dx) => dx.listRevisions("d1"), 200, { Revisions: [finalized] }],
  ["UpdateRevision", (dx) => dx.setFinalized(revision, true), 200, { Finalized: true }],
  ["StartJob", startJob, 202],
  ["CancelJob", (dx) => dx.cancelJob("j1"), 204],
  ["DeleteAsset", (dx) => dx.deleteAsset(revision, "a1"), 204],
];

const send =
  (status: number, text = "", type = "application/json"): Respond =>
  (response) =>
    response.writeHead(status, { "content-type": type }).end(text);
const json = (status: number, body?: unknown) => send(status, body === undefined ? "" : JSON.stringify(body));
const page = (status: number) => send(status, "<html>Sign in</html>", "text/html; charset=utf-8");
const untyped =
  (status: number, text?: string): Respond =>
  (response) =>
    response.writeHead(status).end(text);

/** Answers that are not the service's complete answer with this status and body. */
function wrongAnswers(status: number, body?: object): [what: string, respond: Respond][] {
  const other = status === 204 ? 200 : 204;
  const always: ReturnType<typeof wrongAnswers> = [
    ["200 with a page", page(200)],
    ["its own status with a page", page(status === 204 ? 200 : status)],
    ["503 with a page", page(503)],
    [`${other} without a body`, untyped(other)],
  ];
  if (!body) return always;
  const lacking = Object.entries(body).flatMap(([name, value]): ReturnType<typeof wrongAnswers> => {
    const [entry = {}] = Array.isArray(value) ? (value as object[]) : [];
    const broken = Object.keys(entry).map((member): [string, Respond] => [
      `an entry without ${member}`,
      json(status, { [name]: [entry, { ...entry, [member]: undefined }] }),
    ]);
    return [
      [`no ${name}`, json(status, { ...body, [name]: undefined })],
      [`${name} null`, json(status, { ...body, [name]: null })],
      ...broken,
    ];
  });
  return [
    ...always,
    ["an empty body", json(status)],
    ["null", json(status, null)],
    ["a list", json(status, [])],
    ["a body that was cut off", untyped(status, JSON.stringify(body).slice(0, -3))],
    ["a page without a type", untyped(status, "<html>Sign in</html>")],
    ["{}", json(status, {})],
    ...lacking,
  ];
}

describe("an answer to the client", () => {
  const serve = useServers();

  async function answered(call: Call, respond: Respond): Promise<unknown> {
    const { url } = await serve((request, response) => request.resume().on("end", () => respond(response)));
    return call(open(url));
  }

  for (const [operation, call, status, body] of operations) {
    it(`of ${operation} is accepted if it is complete`, () => answered(call, json(status, body)));

    for (const [what, respond] of wrongAnswers(status, body)) {
      it(`of ${operation} is a failed call if it is ${what}`, async () => {
        const { facts } = await failureOf(answered(call, respond), ServiceError);
        expect(facts).to.include({ operation, kind: "unavailable" });
        expect(facts.message).to.not.contain("Deserialization");
      });
    }
  }

  it("is accepted with an empty list", async () => {
    expect(await answered(listJobs, json(200, { Jobs: [] }))).to.deep.include({ items: [] });
    expect(await answered(listAssets, json(200, { Assets: [] }))).to.deep.include({ items: [] });
  });

  it("is accepted if a description is empty", async () => {
    const described = { ...dataSet, Description: "" };
    const page = await answered((dx) => dx.listDataSets("OWNED"), json(200, { DataSets: [described] }));
    expect(page).to.have.nested.property("items[0].description", "");
  });

  for (const [call, respond, message] of [
    [listJobs, json(200, {}), /^the answer lacks Jobs, /],
    [listJobs, json(200, { Jobs: [{ ...job, State: undefined }] }), /^Jobs\[0\] lacks State, /],
    [startJob, page(200), /^200 with text\/html is not an answer of the service, but of a proxy/],
  ] as const) {
    it(`fails with a message such as ${message}`, async () => {
      const { facts } = await failureOf(answered(call, respond), ServiceError);
      expect(facts.message).to.match(message);
    });
  }
});
