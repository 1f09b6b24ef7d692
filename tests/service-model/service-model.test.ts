import { readFileSync } from "node:fs";

import { expect } from "chai";
import fc from "fast-check";

import { errorStatuses, limitNames } from "../../service-model/errors";
import { jobError, jobStates } from "../../service-model/job";
import type { JobType } from "../../service-model/job-type";
import { jobTypes } from "../../service-model/job-types";
import { operationNames, operationOf } from "../../service-model/operations";
import type { Shape } from "../../service-model/shape";
import { fromApiNames, toApiNames } from "../../service-model/shape";
import type { ApiModel } from "../harness/api-model";
import { Comparison, loadApiModel } from "../harness/api-model";
import { detailsOf } from "../harness/arbitraries";
import { deviations } from "./known-deviations";

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

describe("the service model compared with the service's public API model", function () {
  // The first run installs botocore.
  this.timeout("6m");
  let model: ApiModel;
  let comparison: Comparison;
  before(async () => {
    model = await loadApiModel();
    comparison = new Comparison(model);
  });

  const excuses = (difference: string) => deviations.filter(({ found }) => found.test(difference));

  it("has every operation and no other", () =>
    expect([...operationNames]).to.have.members(Object.keys(model.operations)));

  for (const operation of operationNames) {
    it(`describes ${operation} as the API model does, except for listed deviations`, () => {
      const found = comparison.differences(operation, operationOf(operation));
      expect(found.filter((difference) => excuses(difference).length === 0)).to.deep.equal([]);
    });
  }

  it("has each listed deviation, and one reason for each", () => {
    const found = operationNames.flatMap((name) => comparison.differences(name, operationOf(name)));
    const unused = deviations.filter((deviation) => !found.some((text) => deviation.found.test(text)));
    expect(unused.map(({ found: pattern }) => String(pattern))).to.deep.equal([]);
    expect(found.filter((difference) => excuses(difference).length > 1)).to.deep.equal([]);
  });

  it("has the service's name of each limit", () => {
    const limits = (shape: Shape): string[] => {
      if (shape.kind === "list") return [shape.limit ?? [], limits(shape.of)].flat();
      const members = shape.kind === "struct" ? Object.values(shape.members) : [];
      return members.flatMap((member) => limits(member.shape));
    };
    const ofJobs = jobTypes.flatMap(({ details, concurrency: { limitName, source } }) => [
      ...(source.includes("unverified") ? [] : [limitName]),
      ...limits(details),
    ]);
    expect(comparison.valuesOf("LimitName")).to.include.members([...limitNames, ...ofJobs]);
  });

  it("has every job type, details key and job state", () => {
    expect(jobTypes.map(({ type }) => type)).to.have.members([...comparison.valuesOf("Type")]);
    expect(jobStates).to.have.members([...comparison.valuesOf("State")]);
    for (const side of ["RequestDetails", "ResponseDetails"]) {
      expect(jobTypes.map(({ detailsKey }) => pascal(detailsKey))).to.have.members(
        Object.keys(model.shapes[side]!.members!),
      );
    }
  });

  it("names structures as the API model does", () => {
    const named = (shape: Shape): string[] => {
      if (shape.kind === "list" || shape.kind === "map") return named(shape.of);
      return shape.kind === "struct"
        ? [shape.name, ...Object.values(shape.members).flatMap((member) => named(member.shape))]
        : [];
    };
    for (const { details } of jobTypes) {
      const [own, ...inner] = named(details);
      expect(model.shapes).to.include.keys(`${own}RequestDetails`, ...inner);
    }
  });

  it("has every member and code of a job's error", () =>
    expect(comparison.ofShape(jobError, "JobError")).to.deep.equal([]));

  it("has every error of an operation, with its HTTP status", () => {
    const errors = Object.entries(model.shapes).filter(([, { exception }]) => exception);
    expect(
      Object.fromEntries(errors.map(([name, { error }]) => [name, error!.httpStatusCode])),
    ).to.deep.equal(errorStatuses);
  });

  it("shows each difference of a wrong operation", () => {
    const right = operationOf("GetJob");
    const members = {
      jobId: { shape: { kind: "integer" }, doc: "" },
      extra: right.input.members["jobId"]!,
    } as const;
    const input = { ...right.input, members };
    const wrong = {
      method: "POST",
      path: "/v1/jobs",
      query: ["jobId"],
      status: 201,
      errors: [],
      input,
    } as const;
    const found = comparison.differences("GetJob", { ...right, ...wrong });
    const missing = right.errors.map((name) => `GetJob ${name}: absent, not present`);
    expect(found.filter((one) => !one.includes(" output"))).to.deep.equal([
      "GetJob method: POST, not GET",
      "GetJob path: /v1/jobs, not /v1/jobs/{JobId}",
      "GetJob status: 201, not 200",
      ...missing,
      "GetJob input.JobId required: no, not yes",
      "GetJob input.JobId kind: integer, not string",
      "GetJob input.Extra: is not in the model",
      "GetJob input.JobId location: querystring jobId, not uri JobId",
    ]);
  });
});

describe("the table of job types", () => {
  it("names every type, details key and quota once", () => {
    for (const name of ["type", "detailsKey"] as const) {
      expect(new Set(jobTypes.map((entry) => entry[name])).size).to.equal(jobTypes.length);
    }
    expect(new Set(jobTypes.map(({ concurrency }) => concurrency.limitName)).size).to.equal(jobTypes.length);
  });

  it("names each details key after its type", () => {
    const letters = (name: string) => name.replaceAll("_", "").toLowerCase();
    for (const { type, detailsKey } of jobTypes) expect(letters(detailsKey)).to.equal(letters(type));
  });

  for (const { type, details, response, upload, createsAssets } of jobTypes) {
    if (upload) {
      it(`names the members of ${type} for the URL, its expiry and the MD5 of the upload`, () => {
        expect(response).to.include.keys(upload.url, upload.expiresAt);
        expect(response[upload.url]!.secret).to.equal(true);
        expect(details.members[upload.md5]).to.include({ required: true, fromUpload: "md5" });
      });
    }
    if (createsAssets) {
      it(`leads from the details and errors of ${type} to the keys of its assets`, () => {
        const endOf = (path: readonly string[], start: Shape) =>
          path.reduce((shape, step) => {
            const within = shape.kind === "list" ? shape.of : shape;
            return within.kind === "struct" ? within.members[step]!.shape : expect.fail(`nothing at ${step}`);
          }, start);
        expect(endOf(createsAssets.requestKey, details).kind).to.equal("string");
        if (createsAssets.failedKey) expect(endOf(createsAssets.failedKey, jobError).kind).to.equal("string");
      });
    }
  }
});

describe("toApiNames and fromApiNames", () => {
  it("capitalize the first letter of each name, at every depth", () =>
    expect(toApiNames({ assetSources: [{ bucket: "b", kmsKeyArn: undefined }], none: null })).to.deep.equal({
      AssetSources: [{ Bucket: "b" }],
    }));

  it("lower the first letter of each name, and format dates", () =>
    expect(fromApiNames({ CreatedAt: new Date(0), Details: { Keys: ["K"] } })).to.deep.equal({
      createdAt: "1970-01-01T00:00:00.000Z",
      details: { keys: ["K"] },
    }));

  it("keep a member named __proto__", () => {
    const sent = toApiNames(JSON.parse('{"a":1,"__proto__":{"b":2}}')) as object;
    expect(Object.keys(sent)).to.deep.equal(["A", "__proto__"]);
    expect(Object.getPrototypeOf(sent)).to.equal(Object.prototype);
  });

  for (const jobType of jobTypes) {
    it(`restore the details of ${jobType.type}`, () => {
      fc.assert(
        fc.property(detailsOf(jobType), (details) => {
          expect(fromApiNames(toApiNames(details))).to.deep.equal(JSON.parse(JSON.stringify(details)));
        }),
      );
    });
  }
});

/** The rows of each job type that the compiler does not check. */
const rows: Record<string, (jobType: JobType) => RegExp> = {
  "README.md": ({ type, detailsKey }) => new RegExp(`^\\| \`${type}\` +\\| \`${detailsKey}\` `, "m"),
  "emulator/jobs/job-runner.ts": ({ type }) => new RegExp(`^  ${type}: `, "m"),
  "tests/clients/scenarios.ts": ({ detailsKey }) => new RegExp(`\\brun\\("${detailsKey}"`, "i"),
};

describe("every job type", () => {
  for (const [file, rowOf] of Object.entries(rows)) {
    it(`is in ${file}`, () => {
      const text = readFileSync(file, "utf8");
      const missing = jobTypes.filter((jobType) => !rowOf(jobType).test(text)).map(({ type }) => type);
      expect(missing, `missing in ${file}`).to.deep.equal([]);
    });
  }
});
