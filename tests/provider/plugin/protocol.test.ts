import { status } from "@grpc/grpc-js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { codesIn } from "../../../lib/message-code";
import { useAwsEnvironment } from "../../harness/environment";
import { CallError, TestPlugin } from "../../simulation/plugin";
import { failureOf } from "../../simulation/samples";
import { secret, unknown, urnOf } from "./samples";

const provider = "urn:pulumi:dev::prices::pulumi:providers:dataexchange::default";
const stored = (inputs: object) => ({ id: "p1", state: inputs as never, inputs: inputs as never });

describe("the protocol of the plugin", () => {
  useAwsEnvironment();

  it("accepts secrets, resources, outputs and previews", async () => {
    await using plugin = await TestPlugin.start();
    const handshake = await plugin.begin("127.0.0.1:1");
    const accepted = { acceptSecrets: true, acceptResources: true, acceptOutputs: true };
    expect(handshake.toObject()).to.include(accepted);
    const configured = (await plugin.configure({})).toObject();
    expect(configured).to.include({ acceptsecrets: true, acceptoutputs: true, supportspreview: true });
  });

  it("has a version", async () => {
    await using plugin = await TestPlugin.start();
    expect((await plugin.call<PluginInfo>("getPluginInfo", new Empty())).getVersion()).to.equal("1.2.3");
  });

  it("begins a run when an engine attaches", async () => {
    await using plugin = await TestPlugin.start();
    const { length } = plugin.runs;
    await plugin.call("attach", new PluginAttach().setAddress("127.0.0.1:9"));
    expect(plugin.runs.slice(length).map(({ engine }) => engine.address)).to.deep.equal(["127.0.0.1:9"]);
  });

  for (const [method, request, code] of [
    ["invoke", new proto.InvokeRequest(), "functions-unavailable"],
    ["call", new proto.CallRequest(), "methods-unavailable"],
    ["construct", new proto.ConstructRequest(), "components-unavailable"],
  ] as const) {
    it(`does not implement ${method}, and says so`, async () => {
      await using plugin = await TestPlugin.start();
      const error = await failureOf(plugin.call(method, request), CallError);
      expect([error.status, ...codesIn(error.message)]).to.deep.equal([status.UNIMPLEMENTED, code]);
    });
  }

  it("refuses a type that it does not have", async () => {
    await using plugin = await TestPlugin.start();
    const urn = urnOf("Job").replace(":Job", ":constructor");
    const error = await failureOf(plugin.check(urn, {}));
    expect(codesIn(error.message)).to.deep.equal(["unknown-resource-type"]);
  });

  it("finds the type of a child of a component", async () => {
    await using plugin = await TestPlugin.start();
    const urn = urnOf("Job").replace(
      "::dataexchange:index:Job",
      "::my:index:Component$dataexchange:index:Job",
    );
    const { failures } = await plugin.check(urn, {});
    expect(failures.flatMap(codesIn)).to.deep.equal(["missing-member", "missing-member"]);
  });
});

describe("the settings of the provider", () => {
  useAwsEnvironment();

  it("have their credentials secret", async () => {
    await using plugin = await TestPlugin.start();
    const { inputs, failures } = await plugin.check(
      provider,
      { region: "eu-west-1", accessKey: "a", secretKey: secret("s"), token: "t" },
      undefined,
      "checkConfig",
    );
    expect(failures).to.deep.equal([]);
    expect(inputs).to.deep.equal({
      region: "eu-west-1",
      accessKey: secret("a"),
      secretKey: secret("s"),
      token: secret("t"),
    });
  });

  for (const [what, settings, codes] of [
    [
      "accept JSON",
      { endpoints: '[{"sts":"https://sts.test"}]', concurrentJobs: '{"EXPORT_ASSETS_TO_S3":5}' },
      [],
    ],
    ["accept objects", { endpoints: [{ sts: "https://sts.test" }], allowedAccountIds: ["123456789012"] }, []],
    ["accept unknown values", { endpoints: unknown, region: unknown }, []],
    [
      "refuse text that is not JSON",
      { endpoints: "x", allowedAccountIds: "{" },
      ["invalid-config", "invalid-config"],
    ],
    ["refuse wrong quotas", { concurrentJobs: '{"NO_TYPE":1}' }, ["invalid-config"]],
  ] as const) {
    it(what, async () => {
      await using plugin = await TestPlugin.start();
      const { failures } = await plugin.check(provider, settings, undefined, "checkConfig");
      expect(failures.flatMap(codesIn)).to.deep.equal(codes);
    });
  }

  it("change without a replacement", async () => {
    await using plugin = await TestPlugin.start();
    const diff = (was: object, is: object) => plugin.diff(provider, stored(was), is as never, "diffConfig");
    expect(await diff({ region: "a" }, { region: secret("a") })).to.deep.include({ changes: false });
    expect(await diff({ region: "a", profile: "p" }, { region: "b", profile: "p" })).to.deep.equal({
      changes: true,
      replaces: [],
      details: { region: "UPDATE" },
    });
  });

  it("replace the jobs that took their region from them, if it changes", async () => {
    await using plugin = await TestPlugin.start();
    for (const region of ["us-east-1", "eu-west-1"]) {
      await plugin.configure({ region });
      const { inputs } = await plugin.check(urnOf("Job"), { type: "EXPORT_ASSETS_TO_S3", details: unknown });
      expect(inputs).to.include({ region });
    }
  });
});
