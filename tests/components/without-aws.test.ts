/** The package as it is where `@pulumi/aws`, an optional peer, has not been installed. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect } from "chai";

const run = promisify(execFile);

/** What a program says that declares something with a monitor that makes nothing. */
const program = (declared: string): string => `
  const pulumi = require("@pulumi/pulumi");
  const dataexchange = require("pulumi-dataexchange");
  const newResource = ({ name, inputs }) => ({ id: name, state: inputs });
  pulumi.runtime.setMocks({ newResource, call: ({ inputs }) => inputs }).then(() => { ${declared} });
  process.on("unhandledRejection", ({ message }) => console.log(message));
`;

describe("without @pulumi/aws", function () {
  this.timeout("1m");
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "without-aws-"));
    const packages = join(folder, "node_modules");
    const own = join(packages, "pulumi-dataexchange");
    for (const part of ["lib", "service-model", "provider", "components"]) {
      await cp(join("dist", part), join(own, "dist", part), { recursive: true });
    }
    await cp(join("dist", "index.js"), join(own, "dist", "index.js"));
    await cp("package.json", join(own, "package.json"));
    await mkdir(join(packages, "@pulumi"));
    await symlink(join(process.cwd(), "node_modules/@pulumi/pulumi"), join(packages, "@pulumi/pulumi"));
    for (const name of await readdir("node_modules")) {
      if (name === "@pulumi" || name.startsWith(".")) continue;
      await symlink(join(process.cwd(), "node_modules", name), join(packages, name));
    }
  });
  after(() => rm(folder, { recursive: true }));

  const saidBy = async (declared: string) =>
    (await run(process.execPath, ["--no-warnings", "-e", program(declared)], { cwd: folder })).stdout;

  const ids = `dataSetId: "${"d".repeat(32)}", revisionId: "${"e".repeat(32)}"`;

  it("jobs and the components that need nothing of it are declared", async () => {
    const declared = `new dataexchange.SignedDownload("url", { ${ids}, assetId: "a" }).url.apply(() => console.log("made"))`;
    expect(await saidBy(declared)).to.equal("made\n");
  });

  it("components say what they need it for", async () => {
    const said = await saidBy(`
      new dataexchange.ApiAsset("quotes", { ${ids}, restApiId: "a", stageName: "v1", apiName: "quotes" });
      new dataexchange.RevisionPublication("prices", {
        ${ids}, contents: { prices: { s3: { bucket: "prices", keys: ["k"] } } } });
      new dataexchange.RevisionExport("future", { ${ids}, bucket: "prices", autoExport: true });
      new dataexchange.S3DataAccess("shared", { ${ids}, bucket: "prices" });
    `);
    for (const what of [
      'ApiAsset "quotes": the document, exported from the stage where no specification is given,',
      'RevisionPublication "prices": a revision',
      'RevisionExport "future": autoExport',
      'S3DataAccess "shared": bucketPolicy',
    ]) {
      expect(said).to.contain(
        `${what} needs the package @pulumi/aws, which is not installed; \`npm install @pulumi/aws\`.`,
      );
    }
  });
});
