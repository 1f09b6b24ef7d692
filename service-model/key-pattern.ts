/** Key patterns of revision exports. Source: user guide, "Key patterns when exporting asset revisions". */

import type { Fault } from "./shape";

/** Every placeholder of the service, spelled and ordered as in its guide. */
export const placeholders = [
  "Asset.Id",
  "Asset.Name",
  "DataSet.Id",
  "DataSet.Name",
  "Revision.CreatedAt",
  "Revision.CreatedAt.Day",
  "Revision.CreatedAt.Month",
  "Revision.CreatedAt.Year",
  "Revision.Id",
] as const;

export const defaultKeyPattern = "${Asset.Name}";

/** Default of event actions. Source: user guide, "Automatically exporting revisions" (SDKs); default of Terraform's schema. */
export const autoExportKeyPattern = "${Revision.CreatedAt}/${Asset.Name}";

export function checkKeyPattern(pattern: string): Fault | undefined {
  const known = new Set<string>(placeholders);
  const used = [...pattern.matchAll(/\$\{([^}]*)\}?/g)];
  const unknown = used.find(([text, name]) => !text.endsWith("}") || !known.has(name ?? ""));
  if (unknown) {
    const position = `has a placeholder at character ${unknown.index + 1} that is`;
    const isOpen = !unknown[0].endsWith("}");
    const allowed = placeholders.map((name) => `\${${name}}`).join(", ");
    return {
      code: "invalid-placeholder",
      message: `${position} ${isOpen ? "not closed" : `not one of ${allowed}`}`,
    };
  }
  if (!used.some(([, name]) => name === "Asset.Name" || name === "Asset.Id")) {
    const message =
      "must contain ${Asset.Name} or ${Asset.Id}, or every asset would be written to the same key";
    return { code: "missing-placeholder", message };
  }
  return undefined;
}
