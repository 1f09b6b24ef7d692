import { expect } from "chai";
import { LocalDataExchange } from "../../emulator/index";
import { Rig, thrownBy } from "./support";

describe("emulator: start and stop", () => {
  it("stops with jobs in progress and connections open, and any number of times", async () => {
    const rig = await Rig.start({ jobDuration: "10m" });
    const { DataSetId, RevisionId } = await rig.revision();
    const id = await rig.create({
      Type: "EXPORT_REVISIONS_TO_S3",
      Details: { ExportRevisionsToS3: { DataSetId, RevisionDestinations: [{ RevisionId, Bucket: "b" }] } },
    });
    void rig.finish(id).catch(() => undefined);
    while (rig.local.jobs()[0]!.startCount === 0) await new Promise(setImmediate);
    await Promise.all([rig.stop(), rig.local.stop()]);
    await rig.local.stop();
    await thrownBy(fetch(rig.local.endpoint), Error);
  });

  it("says that a port is taken", async () => {
    const first = await LocalDataExchange.start();
    const port = Number(new URL(first.endpoint).port);
    expect((await thrownBy(LocalDataExchange.start({ port }), Error)).message).to.include("EADDRINUSE");
    await first.stop();
  });

  it("refuses options that make no sense before it starts anything", async () => {
    const refused = async (options: object) =>
      (await thrownBy(LocalDataExchange.start(options), TypeError)).message;
    expect(await refused({ accountId: "1" })).to.include("accountId must be 12 digits");
    expect(await refused({ quotas: { NONE: 1 } })).to.include("quotas names NONE");
    expect(await refused({ jobDuration: "soon" })).to.include("jobDuration must be");
    expect(await refused({ jobDuration: "25d" })).to.include("jobDuration must be at most");
    expect(await refused({ jobDuration: { NONE: 1 } })).to.include("jobDuration names NONE");
  });
});
