import { expect } from "chai";

import { codesIn } from "../../../lib/message-code";
import { StoppedError, describeCancellation } from "../../../provider/core/stop";
import { FinalizationResource } from "../../../provider/host/finalization-resource";
import type { Operation } from "../../../provider/host/host";
import { Host } from "../../../provider/host/host";
import { JobResource } from "../../../provider/host/job-resource";
import { JobSetResource } from "../../../provider/host/job-set-resource";
import type { Resource } from "../../../provider/host/resource";
import { InitializationError } from "../../../provider/host/resource";
import { UNKNOWN } from "../../../service-model/validate";
import { useServers } from "../../harness/http";
import { useAwsEnvironment } from "../../harness/environment";
import { dataSetId, failureOf, hour, revisionId, s3Import } from "../../simulation/samples";
import { imports } from "../../simulation/set-host";

const engine = { address: undefined, log: () => Promise.resolve(), isAlive: () => Promise.resolve(true) };
const pending = { state: "IN_PROGRESS", createdAt: "2026-01-05T12:00:00.000Z", __pending: true };

type Values = Readonly<Record<string, unknown>>;
type Kind = new (host: Host) => Resource;

const kinds: readonly [what: string, kind: Kind, inputs: object, answers: object][] = [
  ["a job", JobResource, s3Import(), pending],
  [
    "a set",
    JobSetResource,
    imports({ a: ["1"] }),
    { results: { a: { id: "job1", ...s3Import(), ...pending } } },
  ],
  ["a finalization", FinalizationResource, { dataSetId, revisionId, jobs: ["job1"] }, { finalized: false }],
];

describe("a resource that is stopped", () => {
  const env = useAwsEnvironment();
  const serve = useServers();

  /** Stops an operation in its first request. */
  async function stop(
    kind: Kind,
    how: "signal" | "timeout",
    run: (resource: Resource, endpoint: string, operation: Operation) => Promise<unknown>,
  ) {
    Object.assign(env, { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "secret" });
    const cancelled = new AbortController();
    const { url } = await serve(() => {
      if (how === "signal") cancelled.abort(new StoppedError(describeCancellation));
    });
    const operation = how === "timeout" ? { timeout: 20 } : { signal: cancelled.signal, timeout: hour };
    return failureOf(run(new kind(new Host(engine)), url, operation));
  }

  for (const [what, kind, inputs, answers] of kinds) {
    for (const [how, code] of [
      ["signal", "run-cancelled"],
      ["timeout", "deadline-passed"],
    ] as const) {
      const values = (endpoint: string): Values => ({ ...inputs, region: "us-east-1", endpoint });
      const state = (endpoint: string): Values => ({ ...values(endpoint), ...answers });

      it(`${what}: create fails with ${code}, and leaves no state`, async () => {
        const error = await stop(kind, how, (resource, url, operation) =>
          resource.create(values(url), operation),
        );
        expect(codesIn(error.message)).to.deep.equal([code]);
        expect(error).to.not.be.instanceOf(InitializationError);
      });

      it(`${what}: update, read and delete fail with ${code}`, async () => {
        for (const operate of ["update", "read", "delete"] as const) {
          const error = await stop(kind, how, (resource, url, operation) => {
            if (operate === "update") return resource.update("id", state(url), values(url), operation);
            const olds = operate === "delete" ? { ...state(url), onDelete: "deleteAssets" } : state(url);
            return resource[operate]("id", olds, operation);
          });
          expect([operate, ...codesIn(error.message)]).to.deep.equal([operate, code]);
          if (operate !== "update" || kind === FinalizationResource) continue;
          const { id, state: kept, reasons } = error as InitializationError;
          expect([id, reasons]).to.deep.equal(["id", [error.message]]);
          expect(kept).to.have.any.keys("__pending", "results");
        }
      });
    }
  }
});

describe("a resource with values that a preview does not know", () => {
  const env = useAwsEnvironment();
  const check = (own: object) => new JobResource(new Host(engine)).check({ ...s3Import(), ...own });

  it("has no default region if its region is unknown", async () =>
    expect(await check({ region: UNKNOWN })).to.deep.equal({ failures: [] }));

  it("has the default region if its profile is unknown", async () => {
    env.AWS_REGION = "eu-west-1";
    expect(await check({ profile: UNKNOWN })).to.deep.equal({ failures: [], region: "eu-west-1" });
  });

  it("lacks a region only if it has no other problem", async () => {
    const { failures } = await check({ details: UNKNOWN, onDelete: "sell" });
    expect(failures.flatMap(codesIn)).to.deep.equal(["unknown-value"]);
  });

  it("is updated if a job of a finalization is unknown", async () => {
    const inputs = { dataSetId, revisionId, jobs: ["job1", "job2"] };
    const diff = (jobs: unknown[]) =>
      new FinalizationResource(new Host(engine)).diff(
        "id",
        { ...inputs, finalized: true },
        { ...inputs, jobs },
      );
    expect(await diff(["job2", "job1"])).to.deep.equal({ replaces: [], updates: false });
    expect(await diff(["job2", UNKNOWN])).to.deep.equal({ replaces: [], updates: true });
  });
});
