/** Previews of the engine as text that is the same in each run, so that a test can compare them with a recorded one. */
import { assetSignature, outputSignature, signatureKey, unknownValue } from "../../lib/pulumi-values";

const members = {
  step: ["op", "urn", "oldState", "newState", "replaceReasons", "detailedDiff"],
  state: [
    ...["urn", "type", "id", "inputs", "outputs", "parent", "provider", "importID", "dependencies"],
    ...["propertyDependencies", "taint", "retainOnDelete", "pendingReplacement"],
  ],
};

type Values = Record<string, unknown>;

const pick = (of: unknown, names: readonly string[]): Values | undefined =>
  of === undefined || of === null
    ? undefined
    : Object.fromEntries(
        names.filter((name) => name in (of as Values)).map((name) => [name, (of as Values)[name]]),
      );

/** One line for each step, ordered by URN, with the members that the review reads. */
export function recordPreview(json: string): string {
  const { steps, diagnostics = [], changeSummary, config } = JSON.parse(json) as Values & { steps: Values[] };
  const lines = steps
    .map((step) => ({
      ...pick(step, members.step),
      oldState: pick(step.oldState, members.state),
      newState: pick(step.newState, members.state),
    }))
    // The steps of one resource keep their order.
    .sort((a, b) => compare((a as Values).urn as string, (b as Values).urn as string))
    .map((step) => JSON.stringify(step));
  const notes = (diagnostics as unknown[]).map((note) => JSON.stringify(note)).sort();
  const rest = JSON.stringify({ config, changeSummary }).slice(1, -1);
  const text = `{"steps":[\n${lines.join(",\n")}\n],\n"diagnostics":[\n${notes.join(",\n")}\n],\n${rest}}\n`;
  return withoutIds(text).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "2026-11-28T12:00:00.000Z");
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const constants = [assetSignature, outputSignature, signatureKey, unknownValue];

/** Numbers the ids of the service and of the engine. */
function withoutIds(text: string): string {
  const numbers = new Map<string, number>();
  const format = /\b(?:[0-9a-f]{32}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\b/g;
  return text.replace(format, (id) => {
    if (constants.includes(id)) return id;
    const number = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, number);
    return String(number).padStart(8, "0").padEnd(32, "0");
  });
}
