/** Imports point one way: each room imports only from the rooms that the table allows, and files form no cycle. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

import { expect } from "chai";

/** The folders of the emulator above its S3 server. Each may import the folders before it. */
const emulator = ["control", "state", "storage", "jobs", "data-grants", "operations", "http"].map(
  (folder) => `emulator/${folder}`,
);

/** What both adapters of Pulumi's protocols may import. */
const provider = ["lib", "service-model", "provider/core", "provider/aws", "provider/host"];

/** The rooms that each shipped room may import, besides itself. */
const shipped: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  "service-model": ["lib"],
  "provider/core": ["lib", "service-model"],
  "provider/aws": ["lib", "service-model", "provider/core"],
  "provider/host": provider.slice(0, -1),
  "provider/engine": ["lib", "provider/host"],
  "provider/resources": provider,
  "provider/dynamic": [...provider, "provider/engine"],
  "provider/plugin": [...provider, "provider/engine", "provider/resources", "components"],
  provider: ["provider/engine", "provider/dynamic"],
  components: ["lib", "service-model", "provider/core", "provider/aws", "provider/resources"],
  index: ["service-model", "provider/resources", "components"],
  review: [
    "lib",
    "service-model",
    "provider/core",
    "provider/dynamic",
    "provider/host",
    "provider/resources",
  ],
  "emulator/s3": [],
  ...Object.fromEntries(
    [...emulator, "emulator"].map((room, index) => [
      room,
      ["lib", "service-model", "emulator/s3", ...emulator.slice(0, index)],
    ]),
  ),
  cli: ["lib", "emulator", "review"],
};

/** The rooms under `tests/` that suites share, in order. Each may import the rooms before it. */
const shared = ["fake-aws-plugin", "harness", "simulation"].map((folder) => `tests/${folder}`);

const tested = [...Object.keys(shipped), "examples", "scripts"];
const suites = readdirSync("tests", { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !shared.includes(`tests/${entry.name}`))
  .map(({ name }) => `tests/${name}`);

/** The rooms that each room may import, besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  ...shipped,
  examples: [],
  scripts: ["lib", "service-model", "provider/core", "provider/aws", "provider/resources"],
  ...Object.fromEntries(shared.map((room, index) => [room, [...tested, ...shared.slice(0, index)]])),
  ...Object.fromEntries(["tests", ...suites].map((room) => [room, [...tested, ...shared]])),
};

const rooms = Object.keys(mayImport).sort((a, b) => b.length - a.length);
const roomOf = (file: string): string =>
  rooms.find((room) => file === `${room}.ts` || file.startsWith(`${room}/`)) ?? "elsewhere";

const files = [...new Set(rooms.map((room) => room.split("/")[0]!))].flatMap((room) =>
  existsSync(room)
    ? readdirSync(room, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => join(room, name))
    : [`${room}.ts`],
);

const importsOf = new Map(
  files.map((file) => {
    const text = readFileSync(file, "utf8");
    const paths = [...text.matchAll(/(?:from|import|import\() ?"(\.[^"]*)"/g)].map(([, path]) =>
      normalize(join(dirname(file), path!.replace(/\.js$/, ""))),
    );
    return [
      file,
      paths.map((path) => [`${path}.ts`, `${path}/index.ts`].find((name) => files.includes(name)) ?? path),
    ];
  }),
);

describe("the imports of the TypeScript files", () => {
  it("point to rooms that the room may import from", () => {
    const wrong = [...importsOf].flatMap(([file, imported]) => {
      const room = roomOf(file);
      return imported
        .filter((other) => roomOf(other) !== room && !mayImport[room]!.includes(roomOf(other)))
        .map((other) => `${file} imports ${other}`);
    });
    expect(wrong).to.deep.equal([]);
  });

  it("make no cycle between files", () => {
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
      if (path.includes(file) || done.has(file)) return;
      for (const other of importsOf.get(file) ?? []) visit(other, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).to.deep.equal([]);
  });

  it("take the default export of a package that is loaded later, because the bundle of the plugin has no other", () => {
    const wrong = files
      .filter((file) => file.startsWith("provider/"))
      .filter((file) => /import\("[^."][^"]*"\)(?!\)\.default)/.test(readFileSync(file, "utf8")));
    expect(wrong).to.deep.equal([]);
  });
});
