import { CreateDataSetCommand, ListDataSetsCommand } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";
import { LocalDataExchange } from "../../emulator/index";
import { EmulatorService, jobRequest, rejection } from "./support";
import { credentials } from "../harness/service";

const listed = new ListDataSetsCommand({});

describe("emulator: settings", () => {
  let service: EmulatorService;
  afterEach(() => service.stop());

  it("let through as many requests of an operation as its rate allows, by the service's clock", async () => {
    service = await EmulatorService.start({ requestsPerSecond: { ListDataSets: 2, default: 1 } });
    for (let round = 0; round < 2; round += 1) {
      for (let request = 0; request < 2; request += 1) await service.dataExchange.send(listed);
      const refused = await rejection(service.dataExchange.send(listed), "ThrottlingException");
      expect(refused.$metadata.httpStatusCode).to.equal(429);
      // Other regions and other operations are not concerned.
      await service.connect("eu-west-1").send(listed);
      service.local.clock.advance("1m");
    }
    await service.call("ListJobs", {});
    await rejection(service.call("ListJobs", {}), "ThrottlingException");
  });

  it("change while it serves, in the process and over the control path, or not at all", async () => {
    service = await EmulatorService.start({ limits: { "Data sets per account": 1 } });
    const at = `${service.local.endpoint}/_local/settings`;
    const patch = (body: unknown) => fetch(at, { method: "PATCH", body: JSON.stringify(body) });
    expect(await (await patch({ jobDuration: "2s" })).json()).to.include({ jobDuration: "2s" });
    const wrong = [
      [{ quotas: 5 }, "wrong-type"],
      [{ jobDuration: 1, nonsense: 1 }, "unknown-member"],
      [{ requestsPerSecond: 0 }, "too-small"],
      [{ limits: { Nonsense: 1 } }, "unknown-member"],
      [{ signedUrlLifetime: "long" }, "not-a-duration"],
    ] as const;
    for (const [body, code] of wrong) {
      const answer = await patch(body);
      expect([answer.status, ((await answer.json()) as { code: string }).code]).to.deep.equal([400, code]);
    }
    service.local.settings.change({ limits: {} });
    expect(await (await fetch(at)).json()).to.deep.equal({ jobDuration: "2s", limits: {} });
    expect(service.local.settings.get()).to.include({ jobDuration: "2s" });
  });

  it("keep jobs in progress over the control path", async () => {
    service = await EmulatorService.start();
    const hold = (method: string) => fetch(`${service.local.endpoint}/_local/jobs/hold`, { method });
    const { DataSetId, RevisionId, assets } = await service.createFilledRevision({ a: "1" });
    expect((await hold("POST")).status).to.equal(204);
    const JobId = await service.createJob(
      jobRequest("ExportAssetToSignedUrl", { DataSetId, RevisionId, AssetId: assets[0]!.Id! }),
    );
    const finished = service.finishJob(JobId);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await service.call("GetJob", { JobId })).State).to.equal("IN_PROGRESS");
    expect((await hold("DELETE")).status).to.equal(204);
    expect((await finished).State).to.equal("COMPLETED");
  });

  it("make ids and likely faults the same for the same seed", async () => {
    const run = async (seed?: string) => {
      service = await EmulatorService.start({ seed });
      service.local.faults.add({ operation: "*", error: 500, probability: 0.5, times: "always" });
      const seen: string[] = [];
      for (let request = 0; request < 20; request += 1) {
        const create = new CreateDataSetCommand({ AssetType: "S3_SNAPSHOT", Name: "n", Description: "d" });
        seen.push(
          await service.dataExchange.send(create).then(
            ({ Id }) => Id!,
            (error: Error) => error.name,
          ),
        );
      }
      await service.stop();
      return seen;
    };
    const [first, second, other] = [await run("s"), await run("s"), await run()];
    expect(first).to.deep.equal(second).and.not.to.deep.equal(other);
    const failed = first.filter((name) => name === "InternalServerException");
    expect(failed.length).to.be.within(1, 19);
  });
});

describe("emulator: accounts", () => {
  it("are told apart by access keys: a list, a key that is an account id, or the own account", async () => {
    const accessKeyId = "AKIDOTHER";
    const service = await EmulatorService.start({ accountId: "999999999999" });
    const arnOf = async (key: string) => {
      const create = new CreateDataSetCommand({ AssetType: "S3_SNAPSHOT", Name: "n", Description: "d" });
      return (await service.connect("us-east-1", key).send(create)).Arn!.split(":")[4];
    };
    expect(await arnOf(accessKeyId)).to.equal("999999999999");
    expect(await arnOf("123456789012")).to.equal("123456789012");
    await service.stop();
  });

  it("are known to nobody who is not in the list", async () => {
    const { secretAccessKey } = credentials;
    const local = await LocalDataExchange.start({
      credentials: [
        { accessKeyId: "ONE", secretAccessKey, accountId: "111111111111" },
        { accessKeyId: "TWO", secretAccessKey },
      ],
    });
    const service = new EmulatorService(local);
    const nothing = (key: string) =>
      service.call("GetJob", { JobId: "0".repeat(32) }, service.connect("us-east-1", key));
    await rejection(nothing("ONE"), "ResourceNotFoundException");
    await rejection(nothing("TWO"), "ResourceNotFoundException");
    expect((await rejection(nothing("THREE"))).name).to.equal("UnrecognizedClientException");
    await service.stop();
  });

  it("are refused before anything starts when they are none", async () => {
    for (const options of [
      { accountId: "1" },
      { credentials: [{ accessKeyId: "", secretAccessKey: "s" }] },
    ]) {
      await rejection(LocalDataExchange.start(options), "OptionError");
    }
  });
});
