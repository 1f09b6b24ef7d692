/** Answers that are behind those of other calls. The lag part of `npm run prove` has them at random. */
import { expect } from "chai";

import { finalizeRevision } from "../../../provider/core/finalization";
import { each, replicas, shifting, stale, together, uniform } from "../../reliability/lag/behind";
import type { Behind } from "../../reliability/lag/behind";
import { behind } from "../../reliability/lag/simulated";
import { host } from "../support/host";
import { mortal } from "../support/killed-at-call";
import {
  dataSetId,
  existing,
  failureOf,
  hour,
  revisionId,
  s3Export,
  s3Import,
  upload,
} from "../support/samples";
import { Simulator } from "../support/simulator";

const urn = "urn:pulumi:dev::prices::pulumi-nodejs:dynamic/dataexchange:Job::prices";
const reporter = { status: () => undefined, note: () => undefined, warn: () => undefined };

describe("answers that are behind", () => {
  for (const inputs of [s3Import(), upload(), s3Export()]) {
    it(`of GetJob and ListJobs do not make an interrupted ${inputs.type} run again, killed at any call`, async () => {
      for (const lag of [5_000, 30_000]) {
        for (let last = 1; last <= 25; last++) {
          const service = new Simulator({ duration: hour });
          const seen = behind(service, together("", stale(lag), uniform(lag)));
          void host(mortal(seen, last, true))
            .create(inputs, urn)
            .catch(() => undefined);
          await service.clock.pass(lag + 1_000);
          await host(seen).create(inputs, urn);
          expect(service.effects(), `${lag} ms behind, killed at call ${last}`).to.have.length(1);
        }
      }
    });
  }

  it("of GetJob do not end a wait, and do not fail an export that has completed", async () => {
    const service = new Simulator({ duration: 1_000 });
    const { outputs } = await host(behind(service, together("", stale(20_000), uniform(20_000)))).create(
      s3Export(),
    );
    expect(outputs.state).to.equal("COMPLETED");
  });

  it("of GetJob finalize no revision before its job has ended", async () => {
    const service = new Simulator({ duration: hour });
    const job = existing(service, s3Import(), "IN_PROGRESS", { age: 0 });
    const { session } = host(behind(service, together("", stale(30_000), uniform(30_000))));
    await failureOf(finalizeRevision({ dataSetId, revisionId, jobs: [job.id] }, { session, reporter }));
    expect([...service.finalized]).to.deep.equal([]);
  });

  const ways: Behind[] = [uniform(30_000), each(30_000, "x"), replicas(0, 30_000), shifting("pages")];
  for (const way of ways) {
    it(`of ListRevisionAssets cost an import none of its assets: ${way.name}`, async () => {
      const service = new Simulator({ duration: 1_000 });
      const seen = behind(service, way);
      const inputs = s3Import(["a", "b", "c", "d", "e"], { onDelete: "deleteAssets" });
      const { id, outputs } = await host(seen).create(inputs, urn);
      let now = outputs;
      for (let times = 1; times <= 3; times++) now = (await host(seen).read(id, now))!;
      await service.clock.pass(30_000);
      now = (await host(service).read(id, now))!;
      expect(now.assets).to.have.deep.members(outputs.assets);
      expect(now).to.not.have.property("__unlisted");
      now = (await host(seen).read(id, now))!;
      await host(seen).delete(id, now);
      expect(service.assets).to.deep.equal([]);
    });
  }

  it("show an asset twice when pages shift, and it is still one", async () => {
    const service = new Simulator({ duration: 1_000 });
    const seen = behind(service, { ...uniform(0), shift: () => -1 });
    const { outputs } = await host(seen).create(s3Import(["a", "b", "c", "d", "e"]));
    expect(outputs.assets.map(({ name }) => name)).to.deep.equal(["a", "b", "c", "d", "e"]);
  });
});

describe("a CreateJob whose answer was lost", () => {
  it("leaves no job that waits and that a later run would take for another process's", async () => {
    const service = new Simulator().fail("createJob", "unavailable", { times: 2, after: true });
    await host(service).create(s3Import(), urn);
    expect(service.jobs.map(({ state }) => state).sort()).to.deep.equal([
      "CANCELLED",
      "CANCELLED",
      "COMPLETED",
    ]);
  });

  for (let last = 3; last <= 8; last++) {
    it(`leaves none either when its process is killed at call ${last}, and the assets are the resource's own`, async () => {
      const service = new Simulator().fail("createJob", "unavailable", { after: true });
      const inputs = s3Import(["a"], { onDelete: "deleteAssets" });
      void host(mortal(service, last, true)).create(inputs, urn);
      await service.clock.pass(60_000);
      const { outputs } = await host(service).create(inputs, urn);
      expect(outputs).to.not.have.property("__shared");
      expect(service.effects()).to.have.length(1);
      expect(service.jobs.filter(({ state }) => state === "WAITING")).to.deep.equal([]);
    });
  }
});
