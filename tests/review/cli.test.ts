/** The command `pulumi-dataexchange review`, and how the command line is parsed and explained. */
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
import { created, importsOf, previewOf, ranSet, replaced, same, setStep, unknown } from "./previews";

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

describe("the command line", function () {
  this.timeout(60_000);

  it("has a version and help, and refuses unknown commands and options with exit code 1", async () => {
    const [version, help, ofCommand, command, option, ofEmulator] = await Promise.all([
      runCli(["--version"]),
      runCli(["--help"]),
      runCli(["--", "review", "--help"]),
      runCli(["nonsense"]),
      runCli(["--nonsense"]),
      runCli(["emulator", "--nonsense"]),
    ]);
    expect(version.out).to.match(/^\d+\.\d+\.\d+\n$/);
    expect(help.out).to.contain("emulator").and.contain("review").and.contain("--version");
    expect(ofCommand).to.deep.equal({ code: 0, out: helpOf(reviewCommand), err: "" });
    const refused: [Finished, string][] = [
      [command, "unknown-command"],
      [option, "unknown-option"],
      [ofEmulator, "unknown-option"],
    ];
    for (const [{ code, out, err }, reason] of refused) {
      expect({ code, out, codes: codesIn(err) }).to.deep.equal({ code: 1, out: "", codes: [reason] });
      expect(err).to.contain("nonsense").and.contain("--help");
    }
  });

  it("is parsed by the table of options, and refused with the option's name", () => {
    const parse = (...args: string[]) => parseArguments(emulatorCommand, args);
    const { text, texts, has } = parse(
      "--port=1",
      "--port",
      "2",
      "--quota",
      "A=1",
      "--quota",
      "B=2",
      "--quiet",
    );
    expect([
      text("port"),
      text("host"),
      texts("quota"),
      texts("limit"),
      has("quiet"),
      has("help"),
    ]).to.deep.equal(["2", undefined, ["A=1", "B=2"], undefined, true, false]);
    expect(parseArguments(reviewCommand, ["-"]).file).to.equal("-");
    const cases: [string[], string][] = [
      [["--port"], "missing-value"],
      [["--port", "--quiet"], "missing-value"],
      [["--quiet=yes"], "unexpected-value"],
      [["-p"], "unknown-option"],
      [["file"], "unexpected-argument"],
    ];
    for (const [args, code] of cases)
      expect(() => parse(...args), args.join(" "))
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

  it("reads a file, standard input, and standard input by its name", async () => {
    const [named, piped, dash] = await Promise.all([run([file]), run([], rerun), run(["-"], rerun)]);
    expect(named).to.deep.include({ code: 0, err: "" });
    expect(named.out).to.match(
      /^<!-- pulumi-dataexchange review of market\/prod -->\n\n### AWS Data Exchange, `market\/prod`: 1 job runs again, 1 stays\n/,
    );
    expect(piped).to.deep.equal(named);
    expect(dash).to.deep.equal(named);
  });

  it("prints text and JSON, and cuts Markdown", async () => {
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

  it("exits with 3 because of --fail-on if a job runs again or may, and still prints the review", async () => {
    const may = previewOf([replaced("perhaps", ["x"], [unknown])]);
    const jobs = importsOf({ 1: { "a.csv": "1" } });
    const set = previewOf([setStep("update", "set", importsOf({ 1: { "a.csv": "2" } }), ranSet(jobs))]);
    const [ofSet, again, perhaps, without, none] = await Promise.all([
      run(["--fail-on", "rerun"], set),
      run(["--fail-on", "rerun", file]),
      run(["--fail-on", "rerun"], may),
      run(["--fail-on", "rerun"], fresh),
      run([], may),
    ]);
    expect([ofSet, again, perhaps, without, none].map(({ code }) => code)).to.deep.equal([3, 3, 3, 0, 0]);
    expect(again.out).to.contain("1 job runs again");
    expect(perhaps.out).to.contain("1 job may run again");
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
      expect(err)
        .to.match(/^[^\n]+\n$/)
        .and.not.contain("    at ");
    }
  });

  it("reads UTF-16 of Windows PowerShell, and any byte order mark", async () => {
    for (const encoding of ["utf16le", "utf8"] as const) {
      const { code, out } = await run([], Buffer.from(`\ufeff${fresh}`, encoding));
      expect(code).to.equal(0);
      expect(out).to.contain("1 new job will run");
    }
  });

  it("exits with 1 if the value of an option is invalid", async () => {
    const finished = await Promise.all([
      run(["--format", "html", file]),
      run(["--fail-on", "create", file]),
      run(["--limit", "few", file]),
      run([file, file]),
    ]);
    expect(finished.map(({ code, out, err }) => [code, out, ...codesIn(err)])).to.deep.equal([
      [1, "", "invalid-value"],
      [1, "", "invalid-value"],
      [1, "", "invalid-value"],
      [1, "", "unexpected-argument"],
    ]);
    expect(finished[0].err).to.contain("markdown, text, json");
  });
});
