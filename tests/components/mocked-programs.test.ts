/** Programs under `pulumi.runtime.setMocks`, each in its own process: unit tests, and a package without `@pulumi/aws`. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect } from "chai";

import { codesIn } from "../../lib/message-code";
import type { TestServer } from "../harness/http";
import { startServer } from "../harness/http";

const index = join(__dirname, "../../index");
const ids = `dataSetId: "${"d".repeat(32)}", revisionId: "${"e".repeat(32)}"`;

interface MockedProgram {
  /** Statements of the program. */
  readonly declare: string;
  /** Expression for the answer to a call with `args`. */
  readonly answer?: string;
  readonly isPreview?: boolean;
  readonly from?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Returns what the program prints, messages of errors included. */
async function run(mocked: MockedProgram) {
  const { declare, answer = "args.inputs", isPreview = false, from = index, cwd, env } = mocked;
  const program = `
    const pulumi = require("@pulumi/pulumi");
    const dataexchange = require(${JSON.stringify(from)});
    const newResource = ({ name, inputs }) => ({ id: name === "later" ? undefined : name, state: { ...inputs, state: "COMPLETED", assets: [], signedUrl: process.env.AWS_ENDPOINT_URL } });
    process.on("unhandledRejection", ({ message }) => console.log(message));
    pulumi.runtime.setMocks({ newResource, call: (args) => (${answer}) }, "project", "stack", ${isPreview}).then(() => { ${declare} });
  `;
  const options = { cwd, env: { ...process.env, ...env } };
  const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", "-e", program], options);
  // Every output of a component that fails rejects with the same error.
  return [...new Set(stdout.trim().split("\n"))].join("\n");
}

describe("programs under pulumi.runtime.setMocks", function () {
  this.timeout("1m");
  let requests: string[];
  let server: TestServer;
  before(async () => {
    server = await startServer(({ url }, answer) => {
      requests.push(String(url));
      answer.writeHead(403).end();
    });
  });
  after(() => server.close());
  beforeEach(() => (requests = []));

  const runOffline = async (program: MockedProgram) => {
    const credentials = { AWS_ACCESS_KEY_ID: "AKIDDEVELOPER", AWS_SECRET_ACCESS_KEY: "x" };
    const env = { AWS_ENDPOINT_URL: server.url, AWS_REGION: "us-east-1", ...credentials };
    const printed = await run({ ...program, env });
    expect(requests).to.deep.equal([]);
    return printed;
  };

  const listing = `new dataexchange.S3Import("prices", { ${ids}, bucket: "production", prefix: "2026/", include: ["*.csv"] })`;

  it("list a bucket by the mocks' answer to aws.s3.getObjects", async () => {
    const printed = await runOffline({
      declare: `${listing}.objects.apply((objects) => console.log(JSON.stringify(objects)))`,
      answer: `{ ...args.inputs, keys: ["2026/a.csv", "2026/b.txt", "2025/c.csv", args.token] }`,
    });
    expect(printed).to.equal('[{"key":"2026/a.csv"}]');
  });

  it("fail with the call that the mocks must answer", async () => {
    const printed = await runOffline({ declare: listing });
    expect(codesIn(printed)).to.deep.equal(["listing-not-mocked"]);
    expect(printed).to.contain("aws:s3/getObjects:getObjects");
  });

  const lookup = `dataexchange.getLatestRevisionOutput({ dataSetId: "${"d".repeat(32)}" })`;

  it("look up by the mocks' answer to the function", async () => {
    const printed = await runOffline({
      declare: `${lookup}.revisionId.apply((id) => console.log(id))`,
      answer: `{ revisionId: args.token + " " + Object.keys(args.inputs) }`,
    });
    expect(printed).to.equal("dataexchange:index:getLatestRevision dataSetId");
  });

  const [one, other] = ["1".repeat(32), "2".repeat(32)];
  const exportOf = (key: string, name = "prices", revisionId = '"e"') =>
    `new dataexchange.S3Export("${name}", { dataSetId: "d", revisionId: ${revisionId}, bucket: "copies", assetIds: pulumi.output(["${one}", "${other}"]), ${key} })`;
  const printKeys = (declare: string) =>
    `${declare}.objects.apply((objects) => console.log(objects.map(({ key, assetId }) => key + " " + assetId[0]).join(", ")))`;
  const names = `console.log(args.token, JSON.stringify(args.inputs)) || { assets: [{ id: "${other}", name: "b.csv" }, { id: "${one}", name: "a.csv" }] }`;
  const lookedUp = 'dataexchange:index:getAssets {"dataSetId":"d","revisionId":"e"}';

  for (const [what, key] of [
    ["a pattern", 'key: "to/${Asset.Name}"'],
    ["a pattern that is an output", 'key: pulumi.output("to/${Asset.Name}")'],
    ["a function", 'key: ({ name }) => "to/" + name'],
  ] as const) {
    it(`look up the names of exported assets that are given by ids for ${what}`, async () => {
      const printed = await runOffline({ declare: printKeys(exportOf(key)), answer: names });
      expect(printed).to.equal(`${lookedUp}\nto/a.csv 1, to/b.csv 2`);
    });
  }

  it("look up no names that the keys do not need", async () => {
    for (const [key, printed] of [
      ["", "undefined 1, undefined 2"],
      ['key: "to/${Asset.Id}"', `to/${one} 1, to/${other} 2`],
    ])
      expect(await runOffline({ declare: printKeys(exportOf(key!)), answer: names })).to.equal(printed);
  });

  it("fail if an id to export is not in the revision, or if the assets are given twice", async () => {
    for (const [declare, code] of [
      [exportOf('key: "${Asset.Name}"'), "unknown-asset-name"],
      [exportOf("assets: []"), "conflicting-arguments"],
      ['new dataexchange.S3Export("e", { dataSetId: "d", revisionId: "e", bucket: "copies" })', "no-assets"],
    ])
      expect(codesIn(await runOffline({ declare: declare! })), code).to.deep.equal([code]);
  });

  for (const [what, declare] of [
    ["the revision", exportOf('key: "${Asset.Name}"', "prices", "pulumi.output(pulumi.unknown)")],
    ["the region", exportOf('key: "${Asset.Name}", region: pulumi.output(pulumi.unknown)')],
  ] as const) {
    it(`look up no names in a preview that does not know ${what}`, async () => {
      const printed = await runOffline({ isPreview: true, declare: printKeys(declare), answer: names });
      expect(codesIn(printed)).to.deep.equal(["assets-not-known-yet"]);
      expect(printed).not.to.contain("getAssets");
    });
  }

  for (const [what, declare] of [
    ["an argument", `dataexchange.getLatestRevisionOutput({ dataSetId: pulumi.output(pulumi.unknown) })`],
    [
      "an item of a list",
      `dataexchange.getAssetsOutput({ dataSetId: "d", include: [pulumi.output(pulumi.unknown)] })`,
    ],
    [
      "a region of the provider",
      lookup.replace(")", ", { provider: { region: pulumi.output(pulumi.unknown) } })"),
    ],
    ["a dependency", lookup.replace(")", `, { dependsOn: new pulumi.CustomResource("t:t:T", "later") })`)],
  ] as const) {
    it(`look up nothing in a preview that does not know ${what}`, async () => {
      const printed = await runOffline({
        isPreview: true,
        declare: `
          const found = ${declare};
          found.isKnown.then((isKnown) => console.log("known: " + isKnown));
        `,
        answer: `console.log("called " + args.token)`,
      });
      expect(printed).to.equal("known: false");
    });
  }

  it("look up nothing by a promise if a preview does not know the settings of the provider", async () => {
    const options = "{ provider: { region: pulumi.output(pulumi.unknown) } }";
    const printed = await runOffline({
      isPreview: true,
      declare: `dataexchange.getLatestRevision({ dataSetId: "d" }, ${options})`,
      answer: `console.log("called " + args.token)`,
    });
    expect(codesIn(printed)).to.deep.equal(["settings-not-known-yet"]);
  });

  it("have outputs of lookups that depend on what dependsOn names", async () => {
    const printed = await runOffline({
      declare: `
        const bucket = new pulumi.CustomResource("t:t:T", "bucket");
        const found = ${lookup.replace(")", ", { dependsOn: [bucket] })")};
        found.allResources().then((resources) => console.log(resources.has(bucket)));
      `,
    });
    expect(printed).to.equal("true");
  });

  it("download nothing", async () => {
    const path = JSON.stringify(join(__dirname, "never-there.csv"));
    const download = `new dataexchange.SignedDownload("prices", { ${ids}, assetId: "f".repeat(32), path: ${path} })`;
    const declare = `${download}.path.apply(() => console.log("declared"))`;
    expect(await runOffline({ declare })).to.equal("declared");
  });
});

describe("programs without the optional package @pulumi/aws", function () {
  this.timeout("1m");
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "without-aws-"));
    const packages = join(folder, "node_modules");
    const own = join(packages, "pulumi-dataexchange");
    for (const part of ["components", "lib", "provider", "service-model", "index.js"]) {
      await cp(join("dist", part), join(own, "dist", part), { recursive: true });
    }
    await cp("package.json", join(own, "package.json"));
    await mkdir(join(packages, "@pulumi"));
    await symlink(join(process.cwd(), "node_modules/@pulumi/pulumi"), join(packages, "@pulumi/pulumi"));
    for (const name of await readdir("node_modules")) {
      if (name === "@pulumi" || name.startsWith(".")) continue;
      await symlink(join(process.cwd(), "node_modules", name), join(packages, name));
    }
  });
  after(() => rm(folder, { recursive: true }));

  const runWithout = (declare: string) => run({ declare, from: "pulumi-dataexchange", cwd: folder });

  it("can declare components that do not need it", async () => {
    const download = `new dataexchange.SignedDownload("url", { ${ids}, assetId: "a" })`;
    expect(await runWithout(`${download}.url.apply(() => console.log("made"))`)).to.equal("made");
  });

  it("fail with the argument that needs it", async () => {
    const printed = await runWithout(`
      new dataexchange.ApiAsset("quotes", { ${ids}, restApiId: "a", stageName: "v1", apiName: "quotes" });
      new dataexchange.RevisionPublication("prices", {
        ${ids}, contents: { prices: { s3: { bucket: "prices", keys: ["k"] } } } });
      new dataexchange.RevisionExport("later", { ${ids}, bucket: "prices", autoExport: true });
      new dataexchange.S3DataAccess("shared", { ${ids}, bucket: "prices" });
    `);
    expect(codesIn(printed)).to.deep.equal(Array(4).fill("missing-package"));
    expect(printed)
      .to.match(/ApiAsset "quotes": .*specification/)
      .and.match(/RevisionPublication "prices": a revision/)
      .and.match(/RevisionExport "later": autoExport/)
      .and.match(/S3DataAccess "shared": bucketPolicy/)
      .and.contain("npm install @pulumi/aws");
  });
});
