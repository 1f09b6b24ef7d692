/** Describes the components from their classes and the interfaces of their arguments. */
import { Interfaces, leftOut } from "./interfaces";
import { token } from "./names";
import type { ResourceSpec } from "./resources";
import { resource } from "./resources";
import type { Source } from "./source";
import type { Types } from "./types";
import { forEveryLanguage, ofManyJobs, ofNewRevision, ofOneJob } from "./wording";

/** File and class of each component. */
const components = {
  "revision-publication": "RevisionPublication",
  "s3-import": "S3Import",
  "file-upload": "FileUpload",
  "api-asset": "ApiAsset",
  "redshift-import": "RedshiftImport",
  "lake-formation-import": "LakeFormationImport",
  "s3-data-access": "S3DataAccess",
  "s3-export": "S3Export",
  "revision-export": "RevisionExport",
  "signed-download": "SignedDownload",
} as const;

/** Components that declare exactly one job. */
const withOneJob: readonly string[] = ["ApiAsset", "LakeFormationImport", "S3DataAccess", "SignedDownload"];

/** Adapts the description of an argument to the jobs of the component. */
function adaptationOf(component: string): (description: string) => string {
  if (component === "RevisionPublication") return (description) => ofNewRevision(ofManyJobs(description));
  return withOneJob.includes(component) ? ofOneJob : ofManyJobs;
}

export function describeComponents(types: Types, source: Source): Record<string, ResourceSpec> {
  const met = new Set<string>();
  const described = Object.entries(components).map(([file, name]): [string, ResourceSpec] => {
    const path = `components/${file}.ts`;
    const interfaces = new Interfaces(source.checker, types, {}, adaptationOf(name), met);
    const spec = resource(
      forEveryLanguage(source.doc(path, name)),
      interfaces.describe(source.members(path, `${name}Args`), "input"),
      interfaces.describe(source.outputs(path, name), "output"),
    );
    return [token(name), { isComponent: true, ...spec }];
  });
  const unused = Object.keys(leftOut).filter((place) => !met.has(place));
  if (unused.length > 0)
    throw new Error(`No component has ${unused.join(", ")}, which is listed as left out.`);
  return Object.fromEntries(described);
}
