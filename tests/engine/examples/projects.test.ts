/** What every example has, so that it can be copied out and run. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { satisfies } from "semver";

import { commandsUnder } from "./readme";

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
/** The one is workflows, and the other is the project of this repository. */
const projects = folders.filter((name) => name !== "ci" && name !== "quickstart");

const sections = [
  ...["Run it", "What `pulumi preview` shows", "Change something"],
  ...["Cost and permissions", "Clean up"],
];

describe("the examples", () => {
  it("are all in the table of examples/README.md, each once", () => {
    const listed = [...read("README.md").matchAll(/^\| \[([\w-]+)\]\(\1\/README\.md\)/gm)].map(
      ([, name]) => name!,
    );
    expect(listed.sort()).to.deep.equal(folders.sort());
    for (const name of folders) expect(existsSync(join("examples", name, "README.md")), name).to.equal(true);
  });

  it("link to what is there", () => {
    for (const folder of [".", ...folders]) {
      for (const [, path] of read(folder, "README.md").matchAll(/\]\((?!https:)([^)#]+)(?:#[^)]*)?\)/g)) {
        expect(existsSync(join("examples", folder, path!)), `${folder}: ${path}`).to.equal(true);
      }
    }
  });

  const own = packageIn("..");
  const tsconfig = read(projects[0]!, "tsconfig.json");

  for (const name of projects) {
    describe(name, () => {
      it("asks for the packages that this one is made for", () => {
        const { dependencies, ...found } = packageIn(name);
        expect(found).to.include({ name, main: "index.ts" });
        const { [own.name]: itself, ...peers } = dependencies;
        expect(satisfies(own.version, itself!), itself).to.equal(true);
        expect(peers).to.deep.equal(own.peerDependencies);
        expect(found.devDependencies).to.have.keys("typescript", "@types/node");
      });

      it("is a project of its name that Pulumi runs as TypeScript", () => {
        const project = read(name, "Pulumi.yaml");
        expect(project).to.match(new RegExp(`^name: ${name}\ndescription: .+\nruntime: nodejs\n`));
        expect(read(name, "tsconfig.json")).to.equal(tsconfig);
      });

      it("declares the config that its program reads, and its README sets it", () => {
        const keys = [...read(name, "Pulumi.yaml").matchAll(/^ {2}(\w+):$/gm)].map(([, key]) => key!);
        const asked = [...read(name, "index.ts").matchAll(/\.require\w*(?:<[^(]*>)?\("(\w+)"\)/g)].map(
          ([, key]) => key!,
        );
        expect(asked.sort()).to.deep.equal(keys.sort());
        const set = commandsUnder("Run it", read(name, "README.md")).flatMap(
          (line) => /^pulumi config set (?:--path ')?(\w+)/.exec(line)?.[1] ?? [],
        );
        expect(set.sort()).to.deep.equal(keys.sort());
      });

      it("says how it is run, what is seen, what to change, what it takes and how it goes", () => {
        const readme = read(name, "README.md");
        const headings = [...readme.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
        expect(headings.filter((heading) => sections.includes(heading!))).to.deep.equal(sections);
        const told = commandsUnder("Run it", readme);
        expect(told.slice(0, 2)).to.deep.equal(["npm install", "pulumi stack init dev"]);
        expect(told.at(-1)).to.equal("pulumi up");
      });
    });
  }
});
