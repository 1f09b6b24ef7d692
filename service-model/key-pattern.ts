/** Key patterns of revision exports. Source: user guide, "Key patterns when exporting asset revisions". */

/** Every placeholder that the service knows; spelled and ordered as in its guide. */
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

/** That of event actions. Source: user guide, "Automatically exporting revisions" (SDKs); default of Terraform's schema. */
export const autoExportKeyPattern = "${Revision.CreatedAt}/${Asset.Name}";

/** Says what is wrong with a key pattern, or nothing. */
export function checkKeyPattern(pattern: string): string | undefined {
  const known = new Set<string>(placeholders);
  const used = [...pattern.matchAll(/\$\{([^}]*)\}?/g)];
  const unknown = used.find(([text, name]) => !text.endsWith("}") || !known.has(name ?? ""));
  if (unknown) {
    const place = `has a placeholder at character ${unknown.index + 1} that is`;
    if (!unknown[0].endsWith("}")) return `${place} not closed`;
    return `${place} none of ${placeholders.map((name) => `\${${name}}`).join(", ")}`;
  }
  if (!used.some(([, name]) => name === "Asset.Name" || name === "Asset.Id")) {
    return "must hold ${Asset.Name} or ${Asset.Id}, or every asset would be written to the same key";
  }
  return undefined;
}
