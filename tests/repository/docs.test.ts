/** The documents: their links work, the files that they name exist, and their programs compile. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";

import { expect } from "chai";

import { readSnippets } from "../harness/programs";
import { compilerSays } from "../harness/compile";

/** Files that Git tracks or would track. Empty in a copy without Git, such as that of `npm run test:matrix`. */
const listed = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  encoding: "utf8",
});
const files = listed.stdout.split("\n").filter((file) => existsSync(file));
const documents = files.filter((file) => file.endsWith(".md"));
const withoutCode = (text: string) => text.replace(/^ *```[^]*?^ *```$/gm, "");

/** The anchors that GitHub gives the headings of a document. */
function anchorsOf(document: string): string[] {
  const headings = withoutCode(readFileSync(document, "utf8")).matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, text]) =>
    text!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function isBroken(document: string, link: string): boolean {
  const [path, anchor] = link.split("#", 2) as [string, string?];
  const target = path === "" ? document : join(dirname(document), path);
  if (!existsSync(target)) return true;
  return anchor !== undefined && target.endsWith(".md") && !anchorsOf(target).includes(anchor);
}

describe("the documents", () => {
  it("have no broken link in the repository", () => {
    const broken = documents.flatMap((document) => {
      const links = withoutCode(readFileSync(document, "utf8")).matchAll(/\]\((?!\w+:)([^)\s]+)\)/g);
      return [...links].flatMap(([, link]) => (isBroken(document, link!) ? [`${document}: ${link!}`] : []));
    });
    expect(broken).to.deep.equal([]);
  });

  for (const document of ["ARCHITECTURE.md", "CONTRIBUTING.md"]) {
    it(`name in ${document} only files and folders that exist`, () => {
      const folders = readdirSync(".", { withFileTypes: true }).filter((entry) => entry.isDirectory());
      const paths = new RegExp(
        `(?<![\\w/.-])(?:${folders.map(({ name }) => name).join("|")})/[\\w./-]*`,
        "g",
      );
      const named = readFileSync(document, "utf8").match(paths)!;
      const missing = named.filter(
        (path) => !/^(dist|node_modules)\//.test(path) && !existsSync(path.replace(/\.$/, "")),
      );
      expect(missing).to.deep.equal([]);
    });
  }

  it("have programs in docs/behavior.md, docs/configuration.md and docs/lookups.md that compile", async () => {
    const program = [
      await readSnippets("Quick start"),
      "declare const args: dataexchange.JobArgs;",
      await readSnippets("You change a job", "docs/behavior.md"),
      await readSnippets("Many jobs", "docs/behavior.md"),
      await readSnippets("Settings of a resource", "docs/configuration.md"),
    ];
    const lookups = [
      await readSnippets("The latest revision in a bucket", "docs/lookups.md"),
      await readSnippets("Assets by name", "docs/lookups.md"),
    ];
    expect(compilerSays([program.join("\n"), lookups.join("\n")])).to.deep.equal(["", ""]);
  });
});
