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
import { readSnippets } from "../harness/programs";
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

  /** Runs the commands of these sections of the page, and returns what they print. */
  async function follow(
    titles: string[],
    env: NodeJS.ProcessEnv,
    replacements: Replacements,
  ): Promise<string> {
    const page = await readFile("docs/first-job.md", "utf8");
    const script = titles.flatMap((title) => shellBlocksUnder(title, page)).join("\n");
    const all: Replacements = [
      [/http:\/\/127\.0\.0\.1:4599/g, service.endpoint],
      // The state of this test stays out of the user's home.
      [/pulumi login --local/, `pulumi login "file://${folder}"`],
      // A CLI that was built with Go has no host that installs packages.
      [/pulumi install\n/, "\n"],
      [/pulumi destroy/, "pulumi stack output; pulumi destroy --yes"],
      [/pulumi stack rm dev/, "pulumi stack rm dev --yes"],
      ...replacements,
    ];
    for (const [command] of all) expect(script).to.match(command);
    const commands = all.reduce(
      (text, [command, replacement]) => text.replace(command, () => replacement),
      script,
    );
    const { stdout } = await promisify(execFile)("bash", ["-euc", commands], {
      cwd: folder,
      env: {
        ...process.env,
        ...env,
        PATH: path,
        PULUMI_HOME: join(folder, "home"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    });
    return stdout;
  }

  it("runs in YAML", async function () {
    await ensureYamlHost(await findPulumi()).catch(() => this.skip());
    const output = await follow(["Prepare", "Run the example", "Clean up"], {}, [
      [/examples\/python my-project\n/, "examples/yaml my-project\n"],
      [/pulumi up/, "pulumi up --yes"],
    ]);
    expect(output).to.match(/asset +2026\/prices\.csv\n *state +COMPLETED\n/);
    // The YAML host warns of each field that it does not read.
    expect(output).not.to.match(/warning/i);
  });

  // Python's language host is no module that Go can build, so Python's Automation API runs the programs instead.
  it("runs in Python, and then a program of its own", async function () {
    const { python, sdk } = await pythonWithPackage().catch(() => this.skip());
    const up = `echo '{"operation": "up", "options": {}}' | "${python}" "${driver}" . dev __main__.py > up.log`;
    const program = await readSnippets("Your own program", "docs/first-job.md", "py");
    await writeFile(join(folder, "program.py"), program);
    const create = [
      "printf 'name: own\nruntime: python\n' > Pulumi.yaml",
      "cp ../program.py __main__.py",
      "pulumi stack init dev",
    ];
    const output = await follow(
      ["Prepare", "Run the example", "Your own program", "Clean up"],
      { PYTHONPATH: sdk },
      [
        [/my-project\ncd my-project\n/, "python\ncd python\n"],
        [/pulumi up/g, up],
        [/mkdir /, "pulumi stack output\nmkdir "],
        [/pulumi new python .*\n/, `${create.join("\n")}\n`],
        [/pulumi package add .*\n/, "\n"],
      ],
    );
    expect(output).to.match(/asset +2026\/prices\.csv\n *state +COMPLETED\n/);
    expect(output).to.match(/OUTPUT +VALUE\n *state +COMPLETED\n/);
  });
});
