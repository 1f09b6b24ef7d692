import { LocalDataExchange } from "../../emulator/index";
import { findAwsCli } from "../../scripts/find-aws-cli";
import { AwsCli } from "./aws-cli-client";
import { AwsCliProcess } from "./aws-cli-process";
import { need } from "./programs";
import type { Walkers } from "./full-scenario";
import { forTheWalk, walksThrough } from "./full-scenario";

describe("clients: aws-cli", function () {
  this.timeout(180_000);
  let aws: AwsCliProcess | undefined;
  let walkers: Walkers | undefined;
  before(async function () {
    aws = await AwsCliProcess.start(await need.call(this, findAwsCli));
    const local = await LocalDataExchange.start(forTheWalk);
    const clientOf = (accessKeyId: string) =>
      new AwsCli(aws!, local.endpoint, { accessKeyId, secretAccessKey: "any" });
    walkers = { local, owner: clientOf("111111111111"), subscriber: clientOf("222222222222") };
  });
  after(() => Promise.all([walkers?.local.stop(), aws?.stop()]));

  walksThrough(() => walkers!);
});
