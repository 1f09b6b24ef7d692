/** Pages of the Pulumi Registry. Their text is written by hand, around programs and tables that are generated. */
import { readFileSync } from "node:fs";

import { replaceSections } from "../results";
import { tabsOf } from "./examples/index";
import type { packageSchema } from "./schema/package";

type Schema = ReturnType<typeof packageSchema>;

/** The pages, with the resources and functions whose programs they show. */
const pages: Readonly<Record<string, readonly string[]>> = {
  "docs/_index.md": ["Job", "RevisionPublication", "getLatestRevision"],
  "docs/installation-configuration.md": [],
  "docs/how-to-guides/export-the-latest-revision.md": [
    "getDataSet",
    "getLatestRevision",
    "getAssets",
    "S3Export",
  ],
  "docs/how-to-guides/publish-a-folder.md": ["S3Import", "RevisionPublication"],
};

const configuration = "docs/installation-configuration.md";

export function printPages(schema: Schema): [path: string, text: string][] {
  return Object.entries(pages).map(([path, programs]) => {
    const sections = {
      ...Object.fromEntries(programs.map((name) => [`${name} program`, tabsOf(name, schema)])),
      ...(path === configuration ? { commands: printCommands(schema), settings: printSettings(schema) } : {}),
    };
    return [path, replaceSections(readFileSync(path, "utf8"), sections)];
  });
}

const printCommands = ({ name, version, pluginDownloadURL }: Schema): string =>
  [
    "```sh",
    `pulumi plugin install resource ${name} ${version} --server ${pluginDownloadURL}`,
    `pulumi package add ${name}@${version}`,
    "```",
  ].join("\n");

function printSettings({ config }: Schema): string {
  const rows = Object.entries(config.variables).map(
    ([name, { description = "", secret }]) =>
      `| \`dataexchange:${name}\` | ${secret ? "Secret. " : ""}${description.replaceAll("|", "\\|")} |`,
  );
  return ["| setting | meaning |", "| --- | --- |", ...rows].join("\n");
}
