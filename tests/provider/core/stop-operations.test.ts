import { expect } from "chai";

import { deleteFinalization, finalizeRevision, readFinalization } from "../../../provider/core/finalization";
import { readOutputs } from "../../../provider/core/state";
import { host, namesOf, statesOf } from "../../simulation/host";
import {
  dataSetId,
  existing,
  hour,
  revisionId,
  s3Import,
  unfinishedOf,
  upload,
  urn,
} from "../../simulation/samples";
import { Simulator } from "../../simulation/simulator";
import { Stop, expectCode, stopInEachCall } from "../../simulation/stop";

describe("the resumption of a job", () => {
  for (const [what, inputs] of [
    ["an import", s3Import(["a"], { timeouts: { run: "1m" } })],
    ["an upload", upload("x", { timeouts: { run: "1m" } })],
  ] as const) {
    stopInEachCall(`keeps ${what} in state, and the next run completes it`, {
      open: () => new Simulator({ duration: 90_000 }),
      before: (service) => unfinishedOf(host(service).create(inputs, urn)),
      run: ({ id, outputs }, view, options) => host(view, options).update(id, outputs, inputs, urn),
      after: async (service, { id, outputs }, end) => {
        const stopped =
          end.status === "rejected"
            ? (await unfinishedOf(Promise.reject(end.reason as Error))).outputs
            : end.value;
        expectCode(end);
        expect(stopped.__pending).to.equal(end.status === "rejected" ? true : undefined);
        const updated = await host(service).update(id, stopped, inputs, urn);
        expect([updated.state, updated.assets.length]).to.deep.equal(["COMPLETED", 1]);
        expect(updated.createdAt).to.equal(outputs.createdAt);
        expect(service.effects()).to.deep.equal([id]);
      },
    });
  }

  stopInEachCall("cancels the job of an interrupted replacement in the next run at the latest", {
    before: async (service) => {
      const created = await host(service).create(s3Import(["a"]), urn);
      await service.clock.pass(1_000);
      const stop = new Stop(service);
      const replacing = host(service, { signal: stop.signal, wanted: () => !stop.signal.aborted });
      replacing.diff(created.id, created.outputs, s3Import(["b"]), urn);
      service.fail("listJobs", "throttled", { times: 2 });
      const replacement = replacing.create(s3Import(["b"]), urn);
      void service.clock.pass(20).then(stop.now);
      expectCode(await stop.end(replacement));
      return created;
    },
    run: ({ id, outputs }, view, options) => host(view, options).update(id, outputs, s3Import(["a"]), urn),
    after: async (service, { id, outputs }) => {
      await host(service).update(id, outputs, s3Import(["a"]), urn);
      expect(namesOf(service.assets)).to.deep.equal(["a"]);
      expect(statesOf(service.jobs)).to.deep.equal(["COMPLETED", "CANCELLED"]);
    },
  });
});

describe("a refresh", () => {
  for (const state of ["COMPLETED", "IN_PROGRESS"] as const) {
    stopInEachCall(`of a job in ${state} leaves the state as it was`, {
      before: async (service) => {
        existing(service, s3Import(["other"]), "COMPLETED");
        const { id } = existing(service, s3Import(["a"]), state);
        const outputs = (await host(service).read(id, readOutputs({})))!;
        // A job in progress that GetJob does not find is looked for in a listing.
        if (state === "IN_PROGRESS") service.fail("getJob", "notFound", { times: 2 });
        service.fail("listRevisionAssets", "unavailable").fail("listJobs", "throttled");
        return { id, outputs };
      },
      open: () => new Simulator({ duration: 2 * hour, pageSize: 1 }),
      run: ({ id, outputs }, view, options) => host(view, options).read(id, outputs),
      after: async (service, { id, outputs }, end) => {
        expectCode(end);
        expect(await host(service).read(id, outputs)).to.deep.equal(outputs);
      },
    });
  }
});

describe("a deletion", () => {
  const inputs = s3Import(["a", "b", "c"], { onDelete: "deleteAssets" });
  const waiting = readOutputs({ ...inputs, state: "WAITING" });

  stopInEachCall("deletes the rest of the assets in the next run", {
    before: (service) => host(service).create(inputs, urn),
    run: ({ id, outputs }, view, options) => host(view, options).delete(id, outputs, urn),
    after: async (service, { id, outputs }, end) => {
      expectCode(end);
      await host(service).delete(id, outputs, urn);
      expect(service.assets).to.deep.equal([]);
    },
  });

  stopInEachCall("cancels a waiting job in the next run", {
    before: (service) => Promise.resolve(existing(service, inputs, "WAITING")),
    run: ({ id }, view, options) => host(view, options).delete(id, waiting, urn),
    after: async (service, { id }, end) => {
      expectCode(end);
      await host(service).delete(id, waiting, urn);
      expect(statesOf(service.jobs)).to.deep.equal(["CANCELLED"]);
    },
  });
});

describe("a finalization", () => {
  const ids = { dataSetId, revisionId };
  const olds = { ...ids, jobs: [], finalized: true, __schema: 1 };
  const jobs = (service: Simulator) =>
    [existing(service, s3Import(["a"]), "COMPLETED"), existing(service, s3Import(["b"]), "COMPLETED")].map(
      ({ id }) => id,
    );

  stopInEachCall("is completed by the next run", {
    before: (service) => Promise.resolve({ ...ids, jobs: [...jobs(service), "expired"], assetCount: 2 }),
    run: (inputs, view, options) => finalizeRevision(inputs, host(view, options).dependencies),
    after: async (service, inputs, end) => {
      expectCode(end);
      expect((await finalizeRevision(inputs, host(service).dependencies)).finalized).to.equal(true);
      expect([...service.finalized]).to.deep.equal([revisionId]);
    },
  });

  stopInEachCall("is read by the next run", {
    before: () => Promise.resolve(),
    run: (_, view, options) => readFinalization(olds, host(view, options).session),
    after: async (service, _, end) => {
      expectCode(end);
      expect(await readFinalization(olds, host(service).session)).to.include({ finalized: false });
    },
  });

  stopInEachCall("is deleted by the next run", {
    before: (service) => Promise.resolve(service.finalized.add(revisionId)),
    run: (_, view, options) => deleteFinalization(olds, host(view, options).dependencies),
    after: async (service, _, end) => {
      expectCode(end);
      await deleteFinalization(olds, host(service).dependencies);
      expect(service.finalized.size).to.equal(0);
    },
  });
});
