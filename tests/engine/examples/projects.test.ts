/** Every example is a complete project that can be copied and run. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { satisfies } from "semver";

import { commandsUnder } from "../../harness/readme";

interface Package {
  name: string;
  version: string;
  main: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

const read = (...path: string[]) => readFileSync(join("examples", ...path), "utf8");
const packageIn = (...path: string[]) => JSON.parse(read(...path, "package.json")) as Package;

const folders = readdirSync("examples", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
/** Projects in other languages, by the name of their runtime. */
const runtimes = ["python", "go", "dotnet", "java", "yaml"];
/** The folder ci holds workflows and no project. */
const projects = folders.filter((name) => name !== "ci" && !runtimes.includes(name));

const sections = [
  ...["Run it", "What `pulumi preview` shows", "Change something"],
  ...["Cost and permissions", "Clean up"],
];

describe("the projects in examples/", () => {
  it("are in the table of examples/README.md, each once", () => {
    const listed = [...read("README.md").matchAll(/^\| \[([\w-]+)\]\(\1\/README\.md\)/gm)].map(
      ([, name]) => name!,
    );
    expect(listed.sort()).to.deep.equal([...projects, "ci"].sort());
    for (const name of listed) expect(existsSync(join("examples", name, "README.md")), name).to.equal(true);
  });

  const own = packageIn("..");
  const tsconfig = read(projects[0]!, "tsconfig.json");

  for (const name of projects) {
    describe(name, () => {
      it("depends on versions that this package supports", () => {
        const { dependencies, ...found } = packageIn(name);
        expect(found).to.include({ name, main: "index.ts" });
        const { [own.name]: itself, ...peers } = dependencies;
        expect(satisfies(own.version, itself!), itself).to.equal(true);
        expect(own.peerDependencies).to.include(peers);
        expect(found.devDependencies).to.have.keys("typescript", "@types/node");
      });

      it("has the name of its folder, and TypeScript settings", () => {
        const project = read(name, "Pulumi.yaml");
        expect(project).to.match(new RegExp(`^name: ${name}\ndescription: .+\nruntime: nodejs\n`));
        expect(read(name, "tsconfig.json")).to.equal(tsconfig);
      });

      it("declares the config that its program reads and its README sets", () => {
        const keys = [...read(name, "Pulumi.yaml").matchAll(/^ {2}(\w+):$/gm)].map(([, key]) => key!);
        const asked = [
          ...read(name, "index.ts").matchAll(/\.(?:require|get)\w*(?:<[^(]*>)?\("(\w+)"\)/g),
        ].map(([, key]) => key!);
        expect(asked.sort()).to.deep.equal(keys.sort());
        const set = commandsUnder("Run it", read(name, "README.md")).flatMap(
          (line) => /^pulumi config set (?:--path ')?(\w+)/.exec(line)?.[1] ?? [],
        );
        const optional = [
          ...read(name, "Pulumi.yaml").matchAll(/^ {2}(\w+):\n {4}type: \w+\n {4}default:/gm),
        ];
        const required = keys.filter((key) => !optional.some(([, other]) => other === key));
        expect(set.sort()).to.deep.equal(required.sort());
      });

      it("has a README with every section, from running to cleaning up", () => {
        const readme = read(name, "README.md");
        const headings = [...readme.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
        expect(headings.filter((heading) => sections.includes(heading!))).to.deep.equal(sections);
        const commands = commandsUnder("Run it", readme);
        expect(commands.slice(0, 2)).to.deep.equal(["npm install", "pulumi stack init dev"]);
        expect(commands.at(-1)).to.equal("pulumi up");
      });
    });
  }
});
