/** Unit tests of programs, as Pulumi has them. They ask nothing outside of themselves. */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect } from "chai";

const run = promisify(execFile);
const index = join(__dirname, "../../index");

/** What a program prints whose mocks answer calls by `answer`; the mocks are those of a process of its own. */
const program = (declared: string, answer: string): string => `
  const pulumi = require("@pulumi/pulumi");
  const dataexchange = require(${JSON.stringify(index)});
  const newResource = ({ name, inputs }) => ({ id: name, state: { ...inputs, state: "COMPLETED", assets: [], signedUrl: process.env.AWS_ENDPOINT_URL } });
  process.on("unhandledRejection", ({ message }) => console.log(message));
  pulumi.runtime.setMocks({ newResource, call: (args) => (${answer}) }).then(() => { ${declared} });
`;

describe("programs under pulumi.runtime.setMocks", function () {
  this.timeout("1m");
  let asked: string[];
  let server: ReturnType<typeof createServer>;
  before((done) => {
    server = createServer(({ url }, answer) => {
      asked.push(String(url));
      answer.writeHead(403).end();
    }).listen(0, "127.0.0.1", done);
  });
  after((done) => void server.close(done));
  beforeEach(() => (asked = []));

  const saidBy = async (declared: string, answer = "args.inputs") => {
    const { port } = server.address() as AddressInfo;
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "AKIDDEVELOPER",
      AWS_SECRET_ACCESS_KEY: "x",
    };
    const { stdout } = await run(process.execPath, ["--no-warnings", "-e", program(declared, answer)], {
      env,
    });
    expect(asked).to.deep.equal([]);
    return stdout.trim();
  };

  const ids = `dataSetId: "d".repeat(32), revisionId: "e".repeat(32)`;
  const listing = `new dataexchange.S3Import("prices", { ${ids}, bucket: "production", prefix: "2026/", include: ["*.csv"] })`;

  it("list a bucket as the mocks answer aws.s3.getObjects", async () => {
    const answer = `{ ...args.inputs, keys: ["2026/a.csv", "2026/b.txt", "2025/c.csv", args.token] }`;
    expect(
      await saidBy(`${listing}.objects.apply((objects) => console.log(JSON.stringify(objects)))`, answer),
    ).to.equal('[{"key":"2026/a.csv"}]');
  });

  it("are told which call to answer", async () => {
    expect(await saidBy(listing)).to.match(
      /^S3Import "prices": .* answer the call aws:s3\/getObjects:getObjects/,
    );
  });

  it("download nothing", async () => {
    const path = JSON.stringify(join(__dirname, "never-there.csv"));
    const declared = `new dataexchange.SignedDownload("prices", { ${ids}, assetId: "f".repeat(32), path: ${path} })`;
    expect(await saidBy(`${declared}.path.apply(() => console.log("declared"))`)).to.equal("declared");
  });
});
