/** Imports point one way: each room imports only from the rooms that the table allows, and files form no cycle. */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

import { expect } from "chai";

/** The folders of the emulator above its S3 server. Each may import the folders before it. */
const emulator = ["control", "state", "storage", "jobs", "data-grants", "operations", "http"].map(
  (folder) => `emulator/${folder}`,
);

/** The rooms that each room may import, besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  "service-model": ["lib"],
  "provider/core": ["lib", "service-model"],
  "provider/aws": ["lib", "service-model", "provider/core"],
  provider: ["lib", "service-model", "provider/core", "provider/aws"],
  components: ["lib", "service-model", "provider/core", "provider/aws", "provider"],
  review: ["lib", "service-model", "provider/core", "provider"],
  "emulator/s3": ["lib"],
  ...Object.fromEntries(
    [...emulator, "emulator"].map((room, index) => [
      room,
      ["lib", "service-model", "emulator/s3", ...emulator.slice(0, index)],
    ]),
  ),
  cli: ["lib", "emulator", "review"],
};

const rooms = Object.keys(mayImport).sort((a, b) => b.length - a.length);
const roomOf = (file: string): string => rooms.find((room) => file.startsWith(`${room}/`)) ?? "elsewhere";

const files = [...new Set(rooms.map((room) => room.split("/")[0]!))].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name)),
);

const importsOf = new Map(
  files.map((file) => {
    const text = readFileSync(file, "utf8");
    const paths = [...text.matchAll(/(?:from|import\() ?"(\.[^"]*)"/g)].map(([, path]) =>
      normalize(join(dirname(file), path!.replace(/\.js$/, ""))),
    );
    return [
      file,
      paths.map((path) => [`${path}.ts`, `${path}/index.ts`].find((name) => files.includes(name)) ?? path),
    ];
  }),
);

describe("the imports of shipped files", () => {
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
});
