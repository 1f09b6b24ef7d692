/** Describes the components from their classes and the interfaces of their arguments. */
import { Interfaces, leftOut } from "./interfaces";
import { token } from "./names";
import type { ResourceSpec } from "./resources";
import { resource } from "./resources";
import type { Source } from "./source";
import { docOf, membersOf, outputsOf } from "./source";
import type { Types } from "./types";
import { forEveryLanguage } from "./wording";

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

export function describeComponents(types: Types, source: Source): Record<string, ResourceSpec> {
  const { checker } = source;
  const interfaces = new Interfaces(checker, types, {});
  const described = Object.entries(components).map(([file, name]): [string, ResourceSpec] => {
    const path = `components/${file}.ts`;
    const node = source.class(path, name);
    const inputs = membersOf(checker, checker.getTypeAtLocation(source.interface(path, `${name}Args`)));
    const doc = forEveryLanguage(docOf(checker, checker.getSymbolAtLocation(node.name!)!));
    const spec = resource(
      doc,
      interfaces.describe(inputs, "input"),
      interfaces.describe(outputsOf(checker, node), "output"),
    );
    return [token(name), { isComponent: true, ...spec }];
  });
  const unused = Object.keys(leftOut).filter((place) => !interfaces.met.has(place));
  if (unused.length > 0)
    throw new Error(`No component has ${unused.join(", ")}, which is listed as left out.`);
  return Object.fromEntries(described);
}
