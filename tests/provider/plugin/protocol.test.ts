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
const roleArn = "arn:aws:iam::123456789012:role/a";
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

  it("has no methods, and says so", async () => {
    await using plugin = await TestPlugin.start();
    const error = await failureOf(plugin.call("call", new proto.CallRequest()), CallError);
    expect(error.status).to.equal(status.UNIMPLEMENTED);
    expect(codesIn(error.message)).to.deep.equal(["methods-unavailable"]);
  });

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
      {
        ...{ region: "eu-west-1", accessKey: "a", secretKey: secret("s"), token: "t" },
        ...{
          httpsProxy: "http://ada:p@proxy",
          assumeRoleWithWebIdentity: JSON.stringify({ roleArn, webIdentityToken: "w" }),
        },
      },
      undefined,
      "checkConfig",
    );
    expect(failures).to.deep.equal([]);
    expect(inputs).to.deep.equal({
      region: "eu-west-1",
      accessKey: secret("a"),
      secretKey: secret("s"),
      token: secret("t"),
      httpsProxy: secret("http://ada:p@proxy"),
      assumeRoleWithWebIdentity: secret(JSON.stringify({ roleArn, webIdentityToken: "w" })),
    });
  });

  for (const [what, settings, problems] of [
    [
      "accept JSON and text",
      {
        endpoints: '[{"sts":"https://sts.test"}]',
        concurrentJobs: '{"EXPORT_ASSETS_TO_S3":5}',
        useFipsEndpoint: "true",
        allowedAccountIds: "[42]",
        defaultTags: '{"tags":{"cost":42}}',
      },
      [],
    ],
    [
      "accept values",
      {
        endpoints: { sts: "https://sts.test" },
        allowedAccountIds: ["123456789012"],
        useFipsEndpoint: true,
        httpProxy: "http://ada:planted@proxy:8080",
      },
      [],
    ],
    [
      "accept unknown values",
      { endpoints: [{ sts: unknown }], region: unknown, accessKey: unknown, secretKey: "s" },
      [],
    ],
    ["accept what the engine adds", { version: "1.2.3", pluginDownloadURL: "u", __internal: {} }, []],
    ["accept no value", { region: "", allowedAccountIds: "", accessKey: null }, []],
    [
      "refuse text that is not JSON",
      { endpoints: "x", allowedAccountIds: "{" },
      ["allowedAccountIds invalid-config", "endpoints invalid-config"],
    ],
    [
      "refuse a file that cannot be read",
      { customCaBundle: "/no/such/file.pem" },
      ["customCaBundle unreadable-ca-bundle"],
    ],
    [
      "refuse wrong values",
      {
        region: "us-east",
        endpoints: '[{"dataexchange":"https://d"},{"s3":"planted"}]',
        useFipsEndpoint: "yes",
        allowedAccountIds: ["123456789012", "planted"],
        assumeRoles: [{ sessionName: "session" }],
        assumeRoleWithWebIdentity: { roleArn: "planted" },
        token: ["planted"],
        concurrentJobs: '{"NO_TYPE":1,"EXPORT_ASSETS_TO_S3":0}',
      },
      [
        "region wrong-format",
        "token wrong-type",
        "assumeRoles[0].roleArn missing-member",
        "assumeRoleWithWebIdentity.roleArn wrong-format",
        "endpoints[1].s3 not-a-url",
        "useFipsEndpoint wrong-type",
        "allowedAccountIds[1] wrong-format",
        "concurrentJobs.EXPORT_ASSETS_TO_S3 too-small",
        "concurrentJobs.NO_TYPE unknown-member",
      ],
    ],
    [
      "refuse settings that exclude or need another",
      { accessKey: "planted", allowedAccountIds: ["1"], forbiddenAccountIds: ["2"] },
      ["secretKey missing-member", "forbiddenAccountIds conflicting-member"],
    ],
    [
      "refuse unknown names",
      { regoin: "us-east-1", endpoints: [{ sqs: "https://q" }] },
      ["endpoints[0].sqs unknown-member", "regoin unknown-member"],
    ],
  ] as const) {
    it(what, async () => {
      await using plugin = await TestPlugin.start();
      const { failures } = await plugin.check(provider, settings, undefined, "checkConfig");
      expect(failures.map((text) => `${text.split(" ")[0]} ${codesIn(text).join()}`)).to.deep.equal(problems);
      expect(failures.join()).to.not.contain("planted");
    });
  }

  it("may be beside the program's keys in a project named like the plugin", async () => {
    await using plugin = await TestPlugin.start();
    const own = provider.replace("::prices::", "::dataexchange::");
    const { failures } = await plugin.check(own, { bucket: "b", region: "x" }, undefined, "checkConfig");
    expect(failures.flatMap(codesIn)).to.deep.equal(["wrong-format"]);
  });

  it("change without a replacement", async () => {
    await using plugin = await TestPlugin.start();
    const diff = (was: object, is: object) => plugin.diff(provider, stored(was), is as never, "diffConfig");
    expect(await diff({ region: "a" }, { region: secret("a") })).to.deep.include({ changes: false });
    expect(await diff({ region: "a", profile: "p" }, { region: "b", profile: "p" })).to.deep.equal({
      changes: true,
      replaces: [],
      details: { region: "UPDATE" },
    });
    const text = { endpoints: '[{"s3":"https://s","sts":"https://t"}]', token: "" };
    expect(await diff(text, { endpoints: [{ sts: "https://t", s3: "https://s" }] })).to.deep.include({
      changes: false,
    });
    expect(await diff({ endpoints: unknown }, text)).to.deep.include({
      replaces: [],
      details: { endpoints: "UPDATE" },
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
