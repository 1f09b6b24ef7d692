import { expect } from "chai";
import { LocalDataExchange } from "../../emulator/index";
import { EmulatorService, jobRequest, rejection } from "./support";

describe("emulator: start and stop", () => {
  it("stops with jobs in progress and connections open, and any number of times", async () => {
    const service = await EmulatorService.start({ jobDuration: "10m" });
    const { DataSetId, RevisionId } = await service.createRevisionIds();
    const id = await service.createJob(
      jobRequest("ExportRevisionsToS3", { DataSetId, RevisionDestinations: [{ RevisionId, Bucket: "b" }] }),
    );
    void service.finishJob(id).catch(() => undefined);
    while (service.local.jobs()[0]!.startCount === 0) await new Promise(setImmediate);
    await Promise.all([service.stop(), service.local.stop()]);
    await service.local.stop();
    await rejection(fetch(service.local.endpoint));
  });

  it("says that a port is taken", async () => {
    const first = await LocalDataExchange.start();
    const port = Number(new URL(first.endpoint).port);
    expect((await rejection(LocalDataExchange.start({ port }))).message).to.include("EADDRINUSE");
    await first.stop();
  });

  it("refuses options that make no sense before it starts anything", async () => {
    const refused = async (options: object) =>
      (await rejection(LocalDataExchange.start(options), "TypeError")).message;
    expect(await refused({ accountId: "1" })).to.include("accountId must be 12 digits");
    expect(await refused({ quotas: { NONE: 1 } })).to.include("quotas names NONE");
    expect(await refused({ jobDuration: "soon" })).to.include("jobDuration must be");
    expect(await refused({ jobDuration: "25d" })).to.include("jobDuration must be at most");
    expect(await refused({ jobDuration: { NONE: 1 } })).to.include("jobDuration names NONE");
  });
});
