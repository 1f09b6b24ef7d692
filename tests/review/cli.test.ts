import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { expect } from "chai";

import { created, previewOf, replaced, same, unknown } from "./previews";
import { importsOf, ranSet, setStep } from "./sets";

const cli = join(__dirname, "../../cli/main.js");

async function run(
  args: string[],
  input: string | Buffer = "",
): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [cli, "review", ...args]);
  child.stdin.on("error", () => undefined).end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode!, out, err };
}

const rerun = previewOf([replaced("again", ["x"], ["y"]), same("calm")]);
const fresh = previewOf([created("new")]);

describe("review: command", function () {
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

  it("ends with 3 when a job runs again or may, if it is told to, and prints all the same", async () => {
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
    expect([ofSet.code, again.code]).to.deep.equal([3, 3]);
    expect(again.out).to.contain("1 job runs again");
    expect(perhaps.code).to.equal(3);
    expect(perhaps.out).to.contain("1 job may run again");
    expect([without.code, none.code]).to.deep.equal([0, 0]);
  });

  it("ends well when whoever reads has seen enough", async () => {
    const child = spawn(process.execPath, [cli, "review", file]);
    child.stdout.destroy();
    const [err] = await Promise.all([text(child.stderr), once(child, "close")]);
    expect({ code: child.exitCode, err }).to.deep.equal({ code: 0, err: "" });
  });

  it("ends with 2 and one sentence when the input is no preview", async () => {
    const missing = join(folder, "missing.json");
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const [empty, words, other, nested, absent, directory] = await Promise.all([
      run([]),
      run([], "Previewing update"),
      run(["--fail-on", "rerun"], "{}"),
      run([], rerun.replace(/"newState":\{(.*?)"inputs":\{/, `"newState":{$1"inputs":{"triggers":${deep},`)),
      run([missing]),
      run([folder]),
    ]);
    for (const { code, out, err } of [empty, words, other, nested, absent, directory]) {
      expect({ code, out }, err).to.deep.equal({ code: 2, out: "" });
      expect(err)
        .to.match(/^[^\n]+\.\n$/)
        .and.not.contain("    at ");
    }
    expect(absent.err).to.equal(`${missing} cannot be read: there is no such file.\n`);
  });

  it("reads what Windows PowerShell redirects, and any mark of an encoding", async () => {
    const [utf16, marked] = await Promise.all([
      run([], Buffer.from(`\ufeff${fresh}`, "utf16le")),
      run([], Buffer.from(`\ufeff${fresh}`)),
    ]);
    for (const { code, out } of [utf16, marked]) {
      expect(code).to.equal(0);
      expect(out).to.contain("1 new job will run");
    }
  });

  it("explains itself, and refuses options that it does not know in one sentence", async () => {
    const [help, format, failOn, limit, files, option] = await Promise.all([
      run(["--help"]),
      run(["--format", "html", file]),
      run(["--fail-on", "create", file]),
      run(["--limit", "few", file]),
      run([file, file]),
      run(["--nothing"]),
    ]);
    expect(help).to.deep.include({ code: 0, err: "" });
    expect(help.out).to.contain("--fail-on rerun").and.contain("Exit code 2");
    expect(format.err).to.equal('--format takes markdown, text, json, not "html".\n');
    expect(failOn.err).to.equal('--fail-on takes rerun, not "create".\n');
    expect(limit.err).to.contain("--limit takes a number");
    expect(files.err).to.contain("One file holds one preview");
    for (const { code, out } of [format, failOn, limit, files, option])
      expect({ code, out }).to.deep.equal({ code: 1, out: "" });
  });
});
