import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

interface Manifest {
  name: string;
  version: string;
  license?: string;
}

interface Package extends Manifest {
  /** Of the files that its licence consists of. */
  texts: string[];
}

/** The licenses of the packages that the files are from, each text once. */
export async function thirdPartyLicenses(files: readonly string[]): Promise<string> {
  const folders = new Set(files.flatMap((file) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
  const packages = await Promise.all([...folders].map(readPackage));
  const titlesOf = new Map<string, Set<string>>();
  for (const { name, version, license, texts } of packages) {
    for (const text of texts) {
      const titles = titlesOf.get(text) ?? new Set();
      titlesOf.set(text, titles.add(`${name} ${version} (${license})`));
    }
  }
  const sections = [...titlesOf].map(([text, titles]) => `${[...titles].sort().join("\n")}\n\n${text}`);
  return `This plugin contains the packages below.\n\n${sections.sort().join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

async function readPackage(folder: string): Promise<Package> {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
  const names = (await readdir(folder)).filter((name) => /^(licen[cs]e|notice)/i.test(name));
  const read = names.sort().map((name) => readFile(join(folder, name), "utf8"));
  const texts = (await Promise.all(read)).map(normalize);
  if (texts.length > 0) return { ...manifest, texts };
  if (manifest.license !== "Apache-2.0") throw new Error(`${folder} has no license to ship with the plugin.`);
  return { ...manifest, texts: [normalize(await readFile("LICENSE", "utf8"))] };
}

/** Copies of a license differ in blanks only. */
const normalize = (text: string): string =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim().replace(/\s+/g, " "))
    .join("\n\n")
    .trim();
