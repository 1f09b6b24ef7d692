/** The SDKs that are generated from the package schema. Building their generator needs Go. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import ts from "typescript";

import { snake } from "../../lib/snake-case";
import { enumerator } from "../../scripts/generate/schema/names";
import { packageSchema } from "../../scripts/generate/schema/package";
import { checkGo } from "../../scripts/go-build";
import { findExecutable, foldersOnPath, run } from "../../scripts/run-program";
import { generateSdks } from "../../scripts/sdk-generator/main";
import { schemaPrograms } from "../harness/schema-programs";

describe("the SDKs of the plugin", function () {
  this.timeout("30m");
  const schema = packageSchema();
  let out = "";

  before(async function () {
    const reason = await checkGo(process.env).catch((error: Error) => error.message);
    if (reason !== undefined) return this.skip();
    out = await mkdtemp(join(tmpdir(), "sdk-"));
    await generateSdks({ out });
  });
  after(() => (out ? rm(out, { recursive: true }) : undefined));

  const read = (...path: string[]) => readFile(join(out, ...path), "utf8");
  const python = async () => {
    const folder = join("python", schema.language.python.packageName);
    const files = (await readdir(join(out, folder))).filter((file) => file.endsWith(".py"));
    return (await Promise.all(files.map((file) => read(folder, file)))).join("\n");
  };

  it("have the version of this package", async () => {
    const version = schema.version!;
    expect(JSON.parse(await read("nodejs", "package.json"))).to.include({ version });
    expect(await read("python", "pyproject.toml")).to.include(`version = "${version}"`);
    expect(await read("go", "dataexchange", "pulumi-plugin.json")).to.include(`"version": "${version}"`);
  });

  it("have in Python the names that the examples use", async () => {
    const text = await python();
    const members = [...text.matchAll(/@pulumi\.getter\(name="(\w+)"\)\n +def (\w+)\(/g)];
    expect(members.length).to.be.greaterThan(100);
    for (const [, name, renamed] of members) expect(renamed).to.equal(snake(name!));
    const enumerators = [...text.matchAll(/^ {4}([A-Z0-9_]+) = "(.*)"$/gm)];
    const values = Object.values(schema.types).flatMap((type) => ("enum" in type ? type.enum : []));
    expect(enumerators).to.have.length(values.length);
    for (const [, name, value] of enumerators) expect(name).to.equal(snake(enumerator(value!)).toUpperCase());
  });

  it("have in Go the packages that the examples import", async () => {
    const [, module] = /^module (\S+)$/m.exec(await read("go", "go.mod"))!;
    expect(schema.resources["dataexchange:index:Job"]!.description).to.include(`"${module}/dataexchange"`);
  });

  it("are Python that compiles", async function () {
    const command = findExecutable(foldersOnPath(process.env), "python3");
    if (!command) return this.skip();
    const options = { env: process.env, timeoutMs: 120_000 };
    await run(command, ["-m", "compileall", "-q", join(out, "python")], options);
  });

  it("compile in TypeScript with the examples of the schema", async () => {
    const programs = schemaPrograms("typescript");
    const files = programs.map((_, index) => join(out, `program-${index}.ts`));
    await Promise.all(files.map((file, index) => writeFile(file, programs[index]!)));
    const modules = (name: string) => [join(process.cwd(), "node_modules", name)];
    const program = ts.createProgram(files, {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Node20,
      types: ["node"],
      typeRoots: modules("@types"),
      paths: {
        [schema.language.nodejs.packageName]: [join(out, "nodejs", "index.ts")],
        "*": modules("*"),
      },
    });
    const messages = ts
      .getPreEmitDiagnostics(program)
      .map(
        ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
      );
    expect(messages).to.deep.equal([]);
  });
});
