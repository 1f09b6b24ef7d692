/** The command `pulumi-dataexchange review`, and the options and help of all commands. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { expect } from "chai";

import { emulatorCommand, emulatorOptions } from "../../cli/emulator";
import { description, helpOf, parseArguments, signature } from "../../cli/options";
import { reviewCommand } from "../../cli/review";
import { codesIn } from "../../lib/message-code";
import { unknownValue as unknown } from "../../lib/pulumi-values";
import { created, previewOf, replaced, same } from "./previews";
import { importsOf, ranSet, setStep } from "./set-previews";

const cli = join(__dirname, "../../cli/main.js");

interface Finished {
  code: number;
  out: string;
  err: string;
}

async function runCli(args: string[], input: string | Buffer = ""): Promise<Finished> {
  const child = spawn(process.execPath, [cli, ...args]);
  child.stdin.on("error", () => undefined).end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode!, out, err };
}

const run = (args: string[], input?: string | Buffer) => runCli(["review", ...args], input);

const rerun = previewOf([replaced("again", ["x"], ["y"]), same("calm")]);
const fresh = previewOf([created("new")]);

describe("pulumi-dataexchange", function () {
  this.timeout(60_000);

  it("prints its version and help", async () => {
    expect((await runCli(["--version"])).out).to.match(/^\d+\.\d+\.\d+\n$/);
    const { out } = await runCli(["--help"]);
    expect(out).to.contain("emulator").and.contain("review").and.contain("--version");
    const ofCommand = await runCli(["--", "review", "--help"]);
    expect(ofCommand).to.deep.equal({ code: 0, out: helpOf(reviewCommand), err: "" });
  });

  const rejected: [line: string, code: string][] = [
    ["nonsense", "unknown-command"],
    ["--nonsense", "unknown-option"],
    ["emulator --nonsense", "unknown-option"],
  ];
  for (const [line, reason] of rejected) {
    it(`rejects "${line}" with exit code 1 and a hint`, async () => {
      const { code, out, err } = await runCli(line.split(" "));
      expect({ code, out, codes: codesIn(err) }).to.deep.equal({ code: 1, out: "", codes: [reason] });
      expect(err).to.contain("nonsense").and.contain("--help");
    });
  }

  it("parses options by their table, and rejects a wrong option with a code", () => {
    const parse = (...args: string[]) => parseArguments(emulatorCommand, args);
    const line = "--port=1 --port 2 --quota A=1 --quota B=2 --quiet";
    const { text, texts, has } = parse(...line.split(" "));
    expect([text("port"), text("host")]).to.deep.equal(["2", undefined]);
    expect([texts("quota"), texts("limit")]).to.deep.equal([["A=1", "B=2"], undefined]);
    expect([has("quiet"), has("help")]).to.deep.equal([true, false]);
    expect(parseArguments(reviewCommand, ["-"]).file).to.equal("-");
    const cases: [line: string, code: string][] = [
      ["--port", "missing-value"],
      ["--port --quiet", "missing-value"],
      ["--quiet=yes", "unexpected-value"],
      ["-p", "unknown-option"],
      ["file", "unexpected-argument"],
    ];
    for (const [line, code] of cases)
      expect(() => parse(...line.split(" ")), line)
        .to.throw()
        .with.property("code", code);
  });

  it("has the same emulator options in the help, in docs/emulator.md and in the API", async () => {
    const docs = await readFile("docs/emulator.md", "utf8");
    const help = helpOf(emulatorCommand).replaceAll(/\s+/g, " ");
    for (const option of emulatorOptions) {
      expect(help).to.contain(`${signature(option)} ${description(option)}`);
      const standard = option.default && ` (default: ${option.default})`;
      expect(docs).to.contain(`- \`${signature(option)}\`, \`${option.member}\`${standard ?? ""}: `);
    }
    const listed = docs.match(/^- `--[a-z0-9-]+/gm)!.map((start) => start.slice("- `--".length));
    expect(listed).to.have.members(emulatorOptions.map(({ name }) => name));
  });
});

describe("pulumi-dataexchange review", function () {
  this.timeout(60_000);
  let folder: string;
  let file: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "review-"));
    file = join(folder, "preview.json");
    await writeFile(file, rerun);
  });
  after(() => rm(folder, { recursive: true }));

  it('reads a file, standard input, and standard input as "-"', async () => {
    const [named, piped, dash] = await Promise.all([run([file]), run([], rerun), run(["-"], rerun)]);
    expect(named).to.deep.include({ code: 0, err: "" });
    expect(named.out).to.match(
      /^<!-- pulumi-dataexchange review of market\/prod -->\n\n### AWS Data Exchange, `market\/prod`: 1 job runs again, 1 stays\n/,
    );
    expect(piped).to.deep.equal(named);
    expect(dash).to.deep.equal(named);
  });

  it("prints text, JSON, and Markdown of at most --limit characters", async () => {
    const [plain, json, cut] = await Promise.all([
      run(["--format", "text", file]),
      run(["--format=json", file]),
      run(["--limit", "200", file]),
    ]);
    expect(plain.out).to.match(/^market\/prod: 1 job runs again, 1 stays\n/);
    expect(JSON.parse(json.out)).to.deep.include({ version: 1, headline: "1 job runs again, 1 stays" });
    expect(cut.out.length).to.be.at.most(200);
    for (const { code } of [plain, json, cut]) expect(code).to.equal(0);
  });

  it("prints the review and exits with 3 if --fail-on is set and a job runs or may run again", async () => {
    const may = previewOf([replaced("perhaps", ["x"], [unknown])]);
    const jobs = importsOf({ 1: { "a.csv": "1" } });
    const set = previewOf([setStep("update", "set", importsOf({ 1: { "a.csv": "2" } }), ranSet(jobs))]);
    const runs: [preview: string, code: number, headline: string][] = [
      [set, 3, "1 job runs again"],
      [rerun, 3, "1 job runs again"],
      [may, 3, "1 job may run again"],
      [fresh, 0, "1 new job will run"],
    ];
    for (const [preview, expected, headline] of runs) {
      const { code, out } = await run(["--fail-on", "rerun"], preview);
      expect(code).to.equal(expected);
      expect(out).to.contain(headline);
    }
    expect((await run([], may)).code).to.equal(0);
  });

  it("exits with 0 if the reader closes the pipe", async () => {
    const child = spawn(process.execPath, [cli, "review", file]);
    child.stdout.destroy();
    const [err] = await Promise.all([text(child.stderr), once(child, "close")]);
    expect({ code: child.exitCode, err }).to.deep.equal({ code: 0, err: "" });
  });

  it("exits with 2 and one line with a code if the input is not a preview", async () => {
    const missing = join(folder, "missing.json");
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const nested = rerun.replace(
      /"newState":\{(.*?)"inputs":\{/,
      `"newState":{$1"inputs":{"triggers":${deep},`,
    );
    const runs: [Promise<Finished>, string][] = [
      [run([]), "empty-input"],
      [run([], "Previewing update"), "not-json"],
      [run(["--fail-on", "rerun"], "{}"), "empty-preview"],
      [run([], nested), "too-deeply-nested"],
      [run([missing]), "unreadable-file"],
      [run([folder]), "unreadable-file"],
    ];
    for (const [finished, reason] of runs) {
      const { code, out, err } = await finished;
      expect({ code, out, codes: codesIn(err) }, err).to.deep.equal({ code: 2, out: "", codes: [reason] });
      expect(err).to.match(/^[^\n]+\n$/);
    }
  });

  it("reads UTF-16 of Windows PowerShell, and UTF-8 with a byte order mark", async () => {
    for (const encoding of ["utf16le", "utf8"] as const) {
      const { code, out } = await run([], Buffer.from(`\ufeff${fresh}`, encoding));
      expect(code).to.equal(0);
      expect(out).to.contain("1 new job will run");
    }
  });

  const invalid: [line: string, code: string, named: string][] = [
    ["--format html", "invalid-value", "markdown, text, json"],
    ["--fail-on create", "invalid-value", "rerun"],
    ["--limit few", "invalid-value", "100"],
    ["preview.json more.json", "unexpected-argument", "more.json"],
  ];
  for (const [line, reason, named] of invalid) {
    it(`exits with 1 because of "${line}"`, async () => {
      const { code, out, err } = await run(line.split(" "));
      expect([code, out, ...codesIn(err)]).to.deep.equal([1, "", reason]);
      expect(err).to.contain(named);
    });
  }
});
