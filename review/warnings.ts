/** The warnings about a job that runs. */
import type { JobType } from "../service-model/job-type";
import type { AssetIndex } from "./assets";
import { assetWarnings } from "./duplicate-assets";
import { itemsOf, nameItem } from "./job-details";
import type { State, Step } from "./parse-preview";
import type { PreviewIndex } from "./preview-index";
import type { Warning } from "./warning";

export const warningsOf = (
  step: Step,
  jobType: JobType,
  index: PreviewIndex,
  assets: AssetIndex,
): Warning[] => [
  ...assetWarnings(step, jobType, index, assets),
  ...overwrittenObjects(step, jobType),
  ...index.relatedSteps(step).flatMap((other) => containerWarnings(other, jobType, index)),
  ...credentialOutputs(jobType),
  ...importOption(step),
];

/** A preview shows the replacement nevertheless. */
const importOption = ({ op, old, new: declared }: Step): Warning[] =>
  op === "replace" && declared?.importId !== undefined && declared.importId === old?.id
    ? [{ kind: "import-option" }]
    : [];

/** Objects that both runs of an export write. S3 keeps only the later one, unless the bucket has versioning. */
function overwrittenObjects({ op, old, new: declared }: Step, jobType: JobType): Warning[] {
  const kind = "overwritten-objects";
  if (op !== "replace" || !old || !declared || old.outputs.type !== jobType.type) return [];
  if (jobType.sentence.items?.destination === undefined || old.outputs.state !== "COMPLETED") return [];
  const before = new Set(itemsOf(jobType, old.outputs).map((item) => destinationOf(item, jobType).key));
  const after = itemsOf(jobType, declared.inputs).map((item) => destinationOf(item, jobType));
  const again = after.filter(({ key }) => before.has(key));
  if (again.length > 0) return [{ kind, objects: [...new Set(again.map(({ name }) => name))] }];
  // A hidden destination may be the same.
  const isHidden = after.length === 0 || after.some(({ name }) => /\(not known yet\)|\[secret\]/.test(name));
  return isHidden ? [{ kind }] : [];
}

function destinationOf(item: unknown, jobType: JobType): { key: string; name: string } {
  const items = jobType.sentence.items!;
  const fill = (template: string) => nameItem(template, items, jobType, item);
  const name = fill(items.destination!) || fill(items.name);
  // A pattern with an id of the revision or asset yields different objects for each of them.
  const identity = /\$\{(Revision\.|Asset\.Id)/.test(name) ? fill(items.identity ?? items.name) : "";
  return { key: `${name} ${identity}`, name };
}

/** Warnings about the data set and the revision of a job. */
function containerWarnings(step: Step, { createsAssets }: JobType, index: PreviewIndex): Warning[] {
  const { op, urn, old, new: declared } = step;
  const container = /:DataSet$/.test(urn.type)
    ? "data set"
    : /:Revision(?:Assets)?$/.test(urn.type)
      ? "revision"
      : undefined;
  if (container && (op === "delete" || op === "replace")) {
    const kind = op === "delete" ? "container-deleted" : "container-replaced";
    return [{ kind, container, name: urn.name, isRetained: old?.retainOnDelete === true }];
  }
  const isFinalization = urn.type.endsWith(":RevisionFinalization");
  const name = index.sourcesOf(declared, "revisionId")[0]?.name ?? urn.name;
  if (isFinalization && op === "delete") return [{ kind: "revision-reopened", name }];
  // A RevisionFinalization finalizes by its existence, other resources by a property.
  const wasFinal = isFinalization ? ["same", "update"].includes(op) : isFinalized(old);
  if (!isFinalization && !isFinalized(declared)) return [];
  if (!wasFinal) return [{ kind: "revision-finalized", name }];
  return createsAssets ? [{ kind: "revision-already-finalized", name }] : [];
}

const isFinalized = (state: State | undefined): boolean =>
  (state?.inputs.finalized ?? state?.outputs.finalized) === true;

/** A secret result of a job without an upload, such as a signed URL. */
function credentialOutputs({ response, upload }: JobType): Warning[] {
  const outputs = Object.entries(response).flatMap(([output, { secret }]) => (secret ? [output] : []));
  return upload || outputs.length === 0 ? [] : [{ kind: "credential-output", outputs }];
}
