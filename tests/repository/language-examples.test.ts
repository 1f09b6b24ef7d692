/** The projects in examples/ in other languages than TypeScript. The engine's tests run those in TypeScript. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { parse } from "yaml";

import { csharp } from "../../scripts/generate/examples/csharp";
import type { Given, Program } from "../../scripts/generate/examples/program";
import { config, result, typedProgram } from "../../scripts/generate/examples/program";
import { packageSchema } from "../../scripts/generate/schema/package";
import type { ObjectSpec } from "../../scripts/generate/schema/types";
import { pascal } from "../../scripts/generate/typescript";
import { commandsUnder } from "../harness/readme";

const sections = [
  ...["Prepare", "Run it", "What `pulumi preview` shows", "Change something"],
  ...["What is verified", "Cost and permissions", "Clean up"],
];

/** The program of each runtime. */
const programs = {
  python: "__main__.py",
  go: "main.go",
  dotnet: "Program.cs",
  java: "src/main/java/quickstart/App.java",
  yaml: "Pulumi.yaml",
} as const;

type Call = [variable: string, { "fn::invoke": { function: string; arguments: Record<string, Given> } }];
type Resource = [name: string, { type: string; properties: Record<string, Given> }];

interface Project {
  name: string;
  runtime: string | { name: string };
  packages: Record<string, string>;
  config: Record<string, { type: string }>;
  variables?: Record<string, Call[1]>;
  resources?: Record<string, Resource[1]>;
}

const read = (...path: string[]) => readFileSync(join("examples", ...path), "utf8");
const projectOf = (runtime: string) => parse(read(runtime, "Pulumi.yaml")) as Project;

/** The program in YAML: a value such as `${bucket}` is config, one such as `${dataSet.dataSetId}` is of the call's result. */
function yamlProgram(): Program {
  const { variables, resources } = projectOf("yaml");
  const given = (value: Given): Given => {
    if (typeof value !== "object") {
      const [, key, member] = /^\$\{(\w+)(?:\.(\w+))?\}$/.exec(String(value)) ?? [];
      if (key === undefined) return value;
      return member === undefined ? config(key) : result(member);
    }
    if (Array.isArray(value)) return value.map(given);
    return givenMembers(value as Record<string, Given>);
  };
  const givenMembers = (members: Record<string, Given>): Record<string, Given> =>
    Object.fromEntries(Object.entries(members).map(([key, value]) => [key, given(value)]));
  const nameIn = (token: string): string => {
    const [owner, kind] = token.split(":") as [string, string];
    expect(owner).to.equal("dataexchange");
    return kind;
  };
  const [[variable, { "fn::invoke": call }], ...calls] = Object.entries(variables!) as [Call, ...Call[]];
  const [[resource, { type, properties }], ...more] = Object.entries(resources!) as [Resource, ...Resource[]];
  expect([...calls, ...more]).to.deep.equal([]);
  return {
    title: "",
    call: { variable, function: nameIn(call.function), args: givenMembers(call.arguments) },
    ...{ resource, type: nameIn(type), properties: givenMembers(properties) },
  };
}

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
        const set = commandsUnder("Run it", read(runtime, "README.md")).flatMap(
          (line) => /^pulumi config set (\w+)/.exec(line)?.[1] ?? [],
        );
        expect(set).to.have.members(asked);
      });

      it("is in the table of examples/README.md", () => {
        expect(readme).to.include(`](${runtime}/README.md)`).and.to.include(`](${runtime}/${program})`);
      });

      it("has a README with every section and the commands of the others, one of which a test runs", () => {
        const own = read(runtime, "README.md");
        expect([...own.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).to.deep.equal(sections);
        expect(commandsUnder("Run it", own)[0]).to.equal(
          `pulumi plugin install resource ${name} ${version!} --file ../pulumi-dataexchange/plugin`,
        );
        for (const heading of ["Run it", "Change something"]) {
          const others = commandsUnder(heading, read("go", "README.md"));
          // YAML has no package to generate.
          const expected = others.filter((line) => runtime !== "yaml" || line !== "pulumi install");
          expect(commandsUnder(heading, own)).to.deep.equal(expected);
        }
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
    const program = yamlProgram();
    const { call, properties } = program;
    expect(() => typedProgram(program, declared)).not.to.throw();
    const wrongCall = { ...call!, args: { ...call!.args, origin: "MINE" } };
    expect(() => typedProgram({ ...program, call: wrongCall }, declared)).to.throw("DataSetOrigin");
    const unnamed = { ...call!, args: {} };
    expect(() => typedProgram({ ...program, call: unnamed }, declared)).to.throw("lacks name");
    const wrong = { ...properties, onDelete: "delete" };
    expect(() => typedProgram({ ...program, properties: wrong }, declared)).to.throw("OnDelete");
  });

  // The programs in other languages run in tests/languages. No compiler of C# is in a registry that tests use.
  it("have a C# program with the names that the schema gives to C#", () => {
    const [declarations, outputs] = read("dotnet", "Program.cs").split("return new Dictionary") as [
      string,
      string,
    ];
    const words = (text: string) => [...new Set(text.replace(/^using System.*$/m, "").match(/\w+/g))];
    expect(words(declarations)).to.have.members(words(csharp(typedProgram(yamlProgram(), declared))));
    const { properties } = declared.resources["dataexchange:index:Job"]!;
    const asset = declared.types["dataexchange:index:JobAsset"] as ObjectSpec;
    const members = [...outputs.matchAll(/\.([A-Z]\w*)(?!\w|\()/g)].map(([, member]) => member);
    expect(members).to.have.length(3);
    expect([...Object.keys(properties), ...Object.keys(asset.properties)].map(pascal)).to.include.members(
      members,
    );
  });
});
