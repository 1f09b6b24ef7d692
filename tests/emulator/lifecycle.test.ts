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
    const wrong: [object, string, RegExp][] = [
      [{ accountId: "1" }, "wrong-format", /^accountId /],
      [{ port: 65_536 }, "too-large", /^port /],
      [{ s3Endpoint: "ftp://host" }, "not-a-url", /^s3Endpoint /],
      [
        { credentials: [{ accessKeyId: "", secretAccessKey: "s" }] },
        "empty-value",
        /^credentials\[0\]\.accessKeyId /,
      ],
      [{ quotas: { NONE: 1 } }, "unknown-member", /^quotas\.NONE /],
      [{ jobDuration: "soon" }, "not-a-duration", /^jobDuration /],
      [{ jobDuration: "25d" }, "too-large", /^jobDuration /],
      [{ jobDuration: { NONE: 1 } }, "unknown-member", /^jobDuration\.NONE /],
    ];
    for (const [options, code, path] of wrong) {
      const error = await rejection(LocalDataExchange.start(options), "OptionError");
      expect([error["code"], error.message], JSON.stringify(options)).to.satisfy(
        ([found, message]: [string, string]) => found === code && path.test(message),
      );
    }
  });
});
