/** The projects in examples/ in other languages than TypeScript. The engine's tests run those in TypeScript. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { parse } from "yaml";

import type { Given } from "../../scripts/generate/examples/program";
import { typedProgram } from "../../scripts/generate/examples/program";
import { packageSchema } from "../../scripts/generate/schema/package";
import { commandsUnder } from "../harness/readme";

/** The program of each runtime. */
const programs = {
  python: "__main__.py",
  go: "main.go",
  dotnet: "Program.cs",
  java: "src/main/java/quickstart/App.java",
  yaml: "Pulumi.yaml",
} as const;

interface Project {
  name: string;
  runtime: string | { name: string };
  packages: Record<string, string>;
  config: Record<string, { type: string }>;
  variables?: Record<string, { "fn::invoke": { function: string; arguments: Record<string, Given> } }>;
  resources?: Record<string, { type: string; properties: Record<string, Given> }>;
}

const read = (...path: string[]) => readFileSync(join("examples", ...path), "utf8");
const projectOf = (runtime: string) => parse(read(runtime, "Pulumi.yaml")) as Project;

describe("the projects in other languages", () => {
  const { name, version, ...declared } = packageSchema();
  const readme = read("README.md");

  for (const [runtime, program] of Object.entries(programs)) {
    describe(runtime, () => {
      const project = projectOf(runtime);

      it("has its name, its runtime and this version of the plugin", () => {
        expect(project.name).to.equal(runtime);
        expect(typeof project.runtime === "string" ? project.runtime : project.runtime.name).to.equal(
          runtime,
        );
        expect(project.packages).to.deep.equal({ [name]: `${name}@${version!}` });
      });

      it("declares the config that its program reads and the README sets", () => {
        const pattern = runtime === "yaml" ? /\$\{(\w+)\}/g : /\brequire\("(\w+)"\)/gi;
        const asked = [...read(runtime, program).matchAll(pattern)].map(([, key]) => key!);
        expect(asked).to.have.members(Object.keys(project.config));
        const set = commandsUnder("Python, Go, C#, Java and YAML", readme).flatMap(
          (line) => /^pulumi config set (\w+)/.exec(line)?.[1] ?? [],
        );
        expect(set).to.have.members(asked);
      });

      it("is in the table of examples/README.md", () => {
        expect(readme).to.include(`](${runtime}/${program})`);
      });
    });
  }

  it("have the same job as the schema's example, with the names that each language gives them", () => {
    const names = (text: string) => text.replace(/[^a-z0-9]/gi, "").toLowerCase();
    const [job] = Object.values(projectOf("yaml").resources!);
    const words = [
      "getDataSet",
      "IMPORT_ASSETS_FROM_S3",
      "importAssetsFromS3",
      "assetSources",
      "onDelete",
      "deleteAssets",
    ];
    for (const [runtime, program] of Object.entries(programs)) {
      const text = names(read(runtime, program));
      for (const word of words) expect(text, runtime).to.include(names(word));
    }
    expect(Object.keys(job!.properties)).to.deep.equal(["type", "details", "onDelete"]);
  });

  it("have a YAML program that fits the schema", () => {
    for (const [variable, { "fn::invoke": call }] of Object.entries(projectOf("yaml").variables!)) {
      const [owner, called] = call.function.split(":") as [string, string];
      expect(owner).to.equal(name);
      const program = { title: "", call: { variable, function: called, args: call.arguments } };
      expect(() => typedProgram(program, declared)).not.to.throw();
      const wrong = { ...program, call: { ...program.call, args: { ...call.arguments, origin: "MINE" } } };
      expect(() => typedProgram(wrong, declared)).to.throw("DataSetOrigin");
      const unnamed = { ...program, call: { ...program.call, args: {} } };
      expect(() => typedProgram(unnamed, declared)).to.throw("lacks name");
    }
    for (const [resource, { type, properties }] of Object.entries(projectOf("yaml").resources!)) {
      const [owner, kind] = type.split(":") as [string, string];
      expect(owner).to.equal(name);
      const program = { title: "", resource, type: kind, properties };
      expect(() => typedProgram(program, declared)).not.to.throw();
      const wrong = { ...program, properties: { ...properties, onDelete: "delete" } };
      expect(() => typedProgram(wrong, declared)).to.throw("OnDelete");
    }
  });
});
