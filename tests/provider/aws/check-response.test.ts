import type { ServerResponse } from "node:http";

import { expect } from "chai";

import { openDataExchange } from "../../../provider/aws/data-exchange";
import type { DataExchange } from "../../../provider/core/ports";
import { ServiceError } from "../../../provider/core/errors";
import { useServers } from "../../harness/http";
import { failureOf } from "../support/samples";

const settings = { region: "us-east-1", accessKey: "AKID", secretKey: "secret", assumeRoles: [] };
const revision = { dataSetId: "d1", revisionId: "r1" };
const time = "2026-01-05T10:00:00.000Z";

const job = {
  Arn: "arn:aws:dataexchange:us-east-1:123456789012:jobs/j1",
  CreatedAt: time,
  Details: { ExportAssetsToS3: {} },
  Id: "j1",
  State: "WAITING",
  Type: "EXPORT_ASSETS_TO_S3",
  UpdatedAt: time,
};
const asset = {
  Arn: "arn:aws:dataexchange:us-east-1:123456789012:data-sets/d1/revisions/r1/assets/a1",
  AssetType: "S3_SNAPSHOT",
  CreatedAt: time,
  Id: "a1",
  Name: "a.csv",
};

type Call = (service: DataExchange) => Promise<unknown>;
const calls: Record<string, { call: Call; status: number; body?: object }> = {
  CreateJob: {
    call: (service) => service.createJob({ type: job.Type, details: { exportAssetsToS3: {} } }),
    status: 201,
    body: job,
  },
  GetJob: { call: (service) => service.getJob("j1"), status: 200, body: job },
  ListJobs: { call: (service) => service.listJobs({ dataSetId: "d1" }), status: 200, body: { Jobs: [job] } },
  ListRevisionAssets: {
    call: (service) => service.listRevisionAssets(revision),
    status: 200,
    body: { Assets: [asset] },
  },
  GetRevision: { call: (service) => service.getRevision(revision), status: 200, body: { Finalized: false } },
  UpdateRevision: {
    call: (service) => service.setFinalized(revision, true),
    status: 200,
    body: { Finalized: true },
  },
  StartJob: { call: (service) => service.startJob("j1"), status: 202 },
  CancelJob: { call: (service) => service.cancelJob("j1"), status: 204 },
  DeleteAsset: { call: (service) => service.deleteAsset(revision, "a1"), status: 204 },
};

describe("answers", () => {
  const serve = useServers();

  async function answered(call: Call, answer: (response: ServerResponse) => void): Promise<unknown> {
    const { url } = await serve(
      (request, response) => void request.resume().on("end", () => answer(response)),
    );
    return call(openDataExchange({ ...settings, endpoint: url }));
  }
  const json = (status: number, body: unknown) => (response: ServerResponse) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(body && JSON.stringify(body));

  /** What is no answer of the service, for a call that it answers with `status` and `body`. */
  function others(
    status: number,
    body?: object,
  ): [what: string, answer: (response: ServerResponse) => void][] {
    const html = (code: number) => (response: ServerResponse) =>
      void response
        .writeHead(code, { "content-type": "text/html; charset=utf-8" })
        .end("<html>Sign in</html>");
    const always: ReturnType<typeof others> = [
      ["200 with a page", html(200)],
      ["its own status with a page", status === 204 ? html(200) : html(status)],
      ["503 with a page", html(503)],
      [
        `${status === 204 ? 200 : 204} without a body`,
        (r) => void r.writeHead(status === 204 ? 200 : 204).end(),
      ],
    ];
    if (!body) return always;
    return [
      ...always,
      ["an empty body", json(status, "")],
      ["null", (r) => void r.writeHead(status, { "content-type": "application/json" }).end("null")],
      ["a list", json(status, [])],
      ["a body that was cut off", (r) => void r.writeHead(status).end(JSON.stringify(body).slice(0, -3))],
      ["a page without a type", (r) => void r.writeHead(status).end("<html>Sign in</html>")],
      ["{}", json(status, {})],
      ...Object.keys(body).flatMap((name): [string, (response: ServerResponse) => void][] => [
        [`${name} left out`, json(status, { ...body, [name]: undefined })],
        [`${name} null`, json(status, { ...body, [name]: null })],
      ]),
      ...Object.entries(body).flatMap(([name, value]): ReturnType<typeof others> =>
        Array.isArray(value)
          ? Object.keys(value[0] as object).map((member) => [
              `${name}[0].${member} left out`,
              json(status, { [name]: [...(value as object[]), { ...value[0], [member]: undefined }] }),
            ])
          : [],
      ),
    ];
  }

  for (const [operation, { call, status, body }] of Object.entries(calls)) {
    it(`of ${operation} are taken when they are whole`, () => answered(call, json(status, body)));

    for (const [what, answer] of others(status, body)) {
      it(`of ${operation} are a failed call: ${what}`, async () => {
        const { facts } = await failureOf(answered(call, answer), ServiceError);
        expect(facts).to.include({ operation, kind: "unavailable" });
        expect(facts.message).to.not.contain("Deserialization");
      });
    }
  }

  it("that hold an empty list are whole", async () => {
    const none = { items: [] };
    expect(await answered(calls.ListJobs!.call, json(200, { Jobs: [] }))).to.deep.include(none);
    expect(await answered(calls.ListRevisionAssets!.call, json(200, { Assets: [] }))).to.deep.include(none);
  });

  it("say what is missing, and who may have answered", async () => {
    const message = async (call: Call, answer: (response: ServerResponse) => void) =>
      (await failureOf(answered(call, answer), ServiceError)).facts.message;
    expect(await message(calls.ListJobs!.call, json(200, {}))).to.match(/^the answer lacks Jobs, /);
    expect(await message(calls.ListJobs!.call, json(200, { Jobs: [{ ...job, State: undefined }] }))).to.match(
      /^Jobs\[0\] lacks State, /,
    );
    expect(
      await message(
        calls.StartJob!.call,
        (r) => void r.writeHead(200, { "content-type": "text/html" }).end("x"),
      ),
    ).to.equal(
      "200 with text/html is not an answer of the service, but of a proxy or a captive portal on the way",
    );
  });
});
