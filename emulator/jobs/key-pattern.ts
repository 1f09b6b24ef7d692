/** Resolves the placeholders of a revision export's key pattern. */
import type { placeholders } from "../../service-model/key-pattern";
import type { Asset, DataSet, Revision } from "../state/records";

type Placeholder = (typeof placeholders)[number];

/** Day and month have two digits, as in the date that they are of; the user guide does not say. */
export function resolveKey(pattern: string, dataSet: DataSet, revision: Revision, asset: Asset): string {
  const [year, month, day] = revision.createdAt.slice(0, 10).split("-") as [string, string, string];
  const values: Record<Placeholder, string> = {
    "Asset.Id": asset.id,
    "Asset.Name": asset.name,
    "DataSet.Id": dataSet.id,
    "DataSet.Name": dataSet.name,
    "Revision.CreatedAt": revision.createdAt,
    "Revision.CreatedAt.Day": day,
    "Revision.CreatedAt.Month": month,
    "Revision.CreatedAt.Year": year,
    "Revision.Id": revision.id,
  };
  return pattern.replace(/\$\{([^}]*)\}/g, (text, name: string) => values[name as Placeholder] ?? text);
}
