/** The commands of docs/first-job.md, run by a shell in an empty folder. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

import { expect } from "chai";

import { findAwsCli } from "../../scripts/find-aws-cli";
import { findPulumi } from "../../scripts/find-pulumi";
import { ensureYamlHost } from "../../scripts/languages/yaml-host";
import { driver, pythonWithPackage } from "../harness/python-programs";
import { shellBlocksUnder } from "../harness/readme";
import { TestService } from "../harness/service";

/** What a command of the page becomes, for example because nobody answers questions here. */
type Replacements = readonly (readonly [command: RegExp, replacement: string])[];

describe("the first job of docs/first-job.md", function () {
  // The first run may install and build.
  this.timeout("30m");
  let service: TestService;
  let folder: string;
  let path: string;

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), "first-job-"));
    const aws = await findAwsCli();
    if ("because" in aws) {
      console.error(aws.because);
      return this.skip();
    }
    const { binDir } = await findPulumi();
    await writeFile(join(folder, "aws"), `#!/bin/sh\nexec "${aws.command}" -m awscli "$@"\n`, {
      mode: 0o755,
    });
    await symlink(process.cwd(), join(folder, "pulumi-dataexchange"));
    path = [folder, binDir, process.env.PATH].join(delimiter);
  });
  beforeEach(async () => void (service = await TestService.start()));
  afterEach(() => service.stop());
  after(() => rm(folder, { recursive: true, force: true }));

  /** Runs the commands of the page after the start of the service, and returns what they print. */
  async function follow(
    language: string,
    env: NodeJS.ProcessEnv,
    replacements: Replacements,
  ): Promise<string> {
    const page = await readFile("docs/first-job.md", "utf8");
    const sections = ["Prepare", "Run the example", "Clean up"].map((title) => shellBlocksUnder(title, page));
    const [prepare, run, end] = sections.map((blocks) => blocks.join("\n"));
    const all = [
      [/http:\/\/127\.0\.0\.1:4599/g, service.endpoint] as const,
      [/examples\/python my-project/, `examples/${language} ${language}`] as const,
      [/cd my-project/, `cd ${language}`] as const,
      // The state of this test stays out of the user's home.
      [/pulumi login --local/, `pulumi login "file://$PWD"`] as const,
      // A CLI that was built with Go has no host that installs packages.
      [/pulumi install\n/, "\n"] as const,
      ...replacements,
    ];
    const script = [prepare, run, "pulumi stack output state; pulumi stack output asset", end].join("\n");
    const commands = all.reduce((text, [command, replacement]) => text.replace(command, replacement), script);
    for (const [command] of all) expect(script).to.match(command);
    const home = join(folder, `${language}-home`);
    const { stdout } = await promisify(execFile)("bash", ["-euc", commands], {
      cwd: folder,
      env: { ...process.env, ...env, PATH: path, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    return stdout;
  }

  const confirmed: Replacements = [
    [/pulumi destroy/, "pulumi destroy --yes"],
    [/pulumi stack rm dev/, "pulumi stack rm dev --yes"],
    [/pulumi plugin rm/, "pulumi plugin rm --yes"],
  ];

  it("runs in YAML", async function () {
    await ensureYamlHost(await findPulumi()).catch(() => this.skip());
    const output = await follow("yaml", {}, [[/pulumi up/, "pulumi up --yes"], ...confirmed]);
    expect(output).to.contain("\nCOMPLETED\n2026/prices.csv\n");
  });

  // Python's language host is no module that Go can build, so Python's Automation API runs the program instead.
  it("runs in Python", async function () {
    const { python, sdk } = await pythonWithPackage().catch(() => this.skip());
    const command = `echo '{"operation": "up", "options": {}}' | "${python}" "${driver}" . dev __main__.py > up.log`;
    const output = await follow("python", { PYTHONPATH: sdk }, [[/pulumi up/, command], ...confirmed]);
    expect(output).to.contain("\nCOMPLETED\n2026/prices.csv\n");
  });
});
