import { expect } from "chai";
import { LocalDataExchange } from "../../emulator/index";
import { credentials } from "../harness/service";
import { EmulatorService, jobRequest, rejection } from "../harness/emulator-service";

describe("emulator: settings", () => {
  let service: EmulatorService;
  afterEach(() => service.stop());

  const createDataSet = (client = service.dataExchange) =>
    service.call("CreateDataSet", { AssetType: "S3_SNAPSHOT", Name: "n", Description: "d" }, client);

  it("limits the request rate of each operation in each region by the service's clock", async () => {
    service = await EmulatorService.start({ requestsPerSecond: { ListDataSets: 2, default: 1 } });
    const list = (client = service.dataExchange) => service.call("ListDataSets", {}, client);
    for (let round = 0; round < 2; round += 1) {
      for (let count = 0; count < 2; count += 1) await list();
      await rejection(list(), "ThrottlingException");
      await list(service.connect("eu-west-1"));
      service.local.clock.advance("1m");
    }
    await service.call("ListJobs", {});
    await rejection(service.call("ListJobs", {}), "ThrottlingException");
  });

  it("changes settings while the service runs, and only if every value is valid", async () => {
    service = await EmulatorService.start({ limits: { "Data sets per account": 1 } });
    const url = `${service.endpoint}/_local/settings`;
    const patch = (body: unknown) => fetch(url, { method: "PATCH", body: JSON.stringify(body) });
    expect(await (await patch({ jobDuration: "2s" })).json()).to.include({ jobDuration: "2s" });
    const invalid = [
      [{ quotas: 5 }, "wrong-type"],
      [{ jobDuration: 1, nonsense: 1 }, "unknown-member"],
      [{ requestsPerSecond: 0 }, "too-small"],
      [{ limits: { Nonsense: 1 } }, "unknown-member"],
      [{ signedUrlLifetime: "long" }, "not-a-duration"],
    ] as const;
    for (const [body, code] of invalid) {
      const answer = await patch(body);
      expect([answer.status, ((await answer.json()) as { code: string }).code]).to.deep.equal([400, code]);
    }
    service.local.settings.change({ limits: {} });
    expect(await (await fetch(url)).json()).to.deep.equal({ jobDuration: "2s", limits: {} });
    expect(service.local.settings.get()).to.include({ jobDuration: "2s" });
  });

  it("keeps jobs in progress over the admin API", async () => {
    service = await EmulatorService.start();
    const hold = (method: string) => fetch(`${service.endpoint}/_local/jobs/hold`, { method });
    const { assets, ...ids } = await service.createFilledRevision({ a: "1" });
    expect((await hold("POST")).status).to.equal(204);
    const request = jobRequest("ExportAssetToSignedUrl", { ...ids, AssetId: assets[0]!.Id! });
    const JobId = await service.createJob(request);
    const finished = service.finishJob(JobId);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await service.call("GetJob", { JobId })).State).to.equal("IN_PROGRESS");
    expect((await hold("DELETE")).status).to.equal(204);
    expect((await finished).State).to.equal("COMPLETED");
  });

  it("repeats ids and probabilistic faults with the same seed", async () => {
    const run = async (seed?: string) => {
      service = await EmulatorService.start({ seed });
      service.local.faults.add({ operation: "*", error: 500, probability: 0.5, times: "always" });
      const results: string[] = [];
      for (let count = 0; count < 20; count += 1) {
        results.push(
          await createDataSet().then(
            ({ Id }) => Id!,
            (error: Error) => error.name,
          ),
        );
      }
      await service.stop();
      return results;
    };
    const [first, second, other] = [await run("s"), await run("s"), await run()];
    expect(first).to.deep.equal(second).and.not.to.deep.equal(other);
    const failed = first.filter((name) => name === "InternalServerException");
    expect(failed.length).to.be.within(1, 19);
  });

  it("assigns a caller to the account of its access key, or else to the account of the service", async () => {
    service = await EmulatorService.start({ accountId: "999999999999" });
    const accountOf = async (key: string) =>
      (await createDataSet(service.connect("us-east-1", key))).Arn!.split(":")[4];
    expect(await accountOf("AKIDOTHER")).to.equal("999999999999");
    expect(await accountOf("123456789012")).to.equal("123456789012");
  });

  it("accepts only the key pairs of the option credentials", async () => {
    const { secretAccessKey } = credentials;
    service = new EmulatorService(
      await LocalDataExchange.start({
        credentials: [
          { accessKeyId: "ONE", secretAccessKey, accountId: "111111111111" },
          { accessKeyId: "TWO", secretAccessKey },
        ],
      }),
    );
    const getJob = (key: string) =>
      service.call("GetJob", { JobId: "0".repeat(32) }, service.connect("us-east-1", key));
    await rejection(getJob("ONE"), "ResourceNotFoundException");
    await rejection(getJob("TWO"), "ResourceNotFoundException");
    await rejection(getJob("THREE"), "UnrecognizedClientException");
  });
});
