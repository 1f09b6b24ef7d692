/** The schema of the Pulumi package, from which the SDKs of all languages are generated. */
import { readFileSync } from "node:fs";

import { providerSettings } from "../../../provider/aws/provider-settings";
import { exampleOf } from "../examples/index";
import { describeComponents } from "./components";
import { describeFunctions } from "./functions";
import { importOf } from "./imports";
import { nameOf, packageName } from "./names";
import { describeResources } from "./resources";
import { describeMember } from "./shapes";
import { Source } from "./source";
import { Types } from "./types";

/** Where the engine downloads the plugin. */
export const pluginDownloadURL = "github://api.github.com/pulumi-dataexchange/pulumi-dataexchange";

const repository = "https://github.com/pulumi-dataexchange/pulumi-dataexchange";

/** Names of the packages in each language. That of Go follows from the repository. */
const language = {
  nodejs: { packageName: "@pulumi-dataexchange/dataexchange" },
  python: { packageName: "pulumi_dataexchange", pyproject: { enabled: true } },
  csharp: { rootNamespace: "PulumiDataExchange", namespaces: { dataexchange: "DataExchange" } },
  java: { basePackage: "io.github.pulumidataexchange", buildFiles: "gradle" },
};

const providerDescription =
  "How jobs and functions reach AWS. The settings have the names of those of the AWS provider. Providers of one account and " +
  "region share the ownership of jobs, and their quotas, within one run of the engine.";

export function packageSchema() {
  const { version, description, license } = JSON.parse(readFileSync("package.json", "utf8")) as Record<
    string,
    string
  >;
  const types = new Types();
  const source = new Source();
  const settings = Object.fromEntries(
    Object.entries(providerSettings).map(([name, member]) => [
      name,
      describeMember(types, member, "input").property,
    ]),
  );
  const resources = { ...describeResources(types, source), ...describeComponents(types, source) };
  const functions = describeFunctions(types, source);
  const declared = { types: types.all, resources, functions };
  for (const [id, spec] of [...Object.entries(resources), ...Object.entries(functions)])
    spec.description += exampleOf(nameOf(id), declared) + importOf(nameOf(id));
  return {
    name: packageName,
    displayName: "AWS Data Exchange jobs",
    version,
    description,
    keywords: ["pulumi", "aws", "data-exchange", "category/cloud", "kind/native"],
    homepage: `${repository}#readme`,
    license,
    repository,
    publisher: "pulumi-dataexchange",
    pluginDownloadURL,
    // SDKs have the version of the schema, and that of Go has a go.mod.
    meta: { moduleFormat: "(.*)", supportPack: true },
    language,
    config: { variables: settings },
    types: Object.fromEntries(Object.entries(types.all).sort(([a], [b]) => (a < b ? -1 : 1))),
    provider: { type: "object", description: providerDescription, inputProperties: settings },
    resources,
    functions,
  };
}
