/** The plugin and the dynamic provider agree, and the plugin's detailed diff names what changed. */
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { codesIn } from "../../../lib/message-code";
import { secretSignature, signatureKey } from "../../../lib/pulumi-values";
import { FinalizationProvider, JobProvider, JobSetProvider } from "../../../provider/dynamic/providers";
import { isRecord } from "../../../service-model/validate";
import type { DiffAnswer, TestPlugin } from "../../simulation/plugin";
import type { Counter } from "../suite";
import type { Case } from "./stored";
import { has, sealed } from "./sealed";
import { seededName } from "./stored";
import type { Json, JsonPath } from "./values";

const providers = { Job: JobProvider, JobSet: JobSetProvider, RevisionFinalization: FinalizationProvider };

/** As the protocol delivers it. */
const delivered = (value: Json): Json =>
  Struct.fromJavaScript(value as Record<string, JavaScriptValue>).toJavaScript();

export async function checkHosts(plugin: TestPlugin, each: Case, tally: Counter): Promise<void> {
  const { type, id, secrets } = each;
  const urn = `urn:pulumi:dev::prices::dataexchange:index:${type}::prices`;
  const [inputs, state, news, created] = [
    each.inputs,
    each.state,
    plain(each.news) as Json,
    each.created,
  ].map(delivered) as [Json, Json, Json, Json];
  const provider = new providers[type]();
  const config = { get: (key: string) => (key === "aws:region" ? "us-east-1" : undefined) };
  await provider.configure({ config: config as never });

  const before = { id, inputs: sealed(inputs, secrets), state: sealed(state, secrets) };
  const program = sealed(news, secrets);
  const checked = await plugin.check(urn, program, before.inputs);
  const own = await provider.check(inputs, news);
  const codes = (failures: readonly string[]) => failures.flatMap(codesIn).join();
  const refused = [codes(checked.failures), codes((own.failures ?? []).map(({ reason }) => reason))];
  if (refused[0] !== refused[1])
    throw new Error(`The plugin refuses ${refused[0]}, and the dynamic provider ${refused[1]}.`);
  assertHidden(checked.failures, [program]);
  if (refused[0] !== "") return tally.add("the plugin and the dynamic provider refuse the inputs");

  const diff = await plugin.diff(urn, before, checked.inputs);
  const { changes, replaces = [] } = await provider.diff(id, created, own.inputs!);
  const [ours, theirs] = [diff, { changes: changes!, replaces }].map((found) =>
    JSON.stringify([found.changes, found.replaces]),
  );
  if (ours !== theirs) throw new Error(`The plugin's diff is ${ours}, and the dynamic provider's ${theirs}.`);
  assertDetails(diff, [inputs, state], delivered(plain(checked.inputs) as Json));
  // Without the backslashes before quotes.
  assertHidden(Object.keys(diff.details).flatMap(parsePath).map(String), [
    before.inputs,
    before.state,
    program,
  ]);
  tally.add(
    diff.replaces.length > 0
      ? "a replacement on both"
      : diff.changes
        ? "an update on both"
        : "no change on both",
  );
}

function assertDetails({ changes, replaces, details }: DiffAnswer, olds: readonly Json[], news: Json): void {
  const entries = Object.entries(details);
  const text = JSON.stringify(details);
  if (changes !== entries.length > 0) throw new Error(`Change: ${changes}, and the details are ${text}.`);
  if (replaces.length > 0 !== entries.some(([, kind]) => kind.includes("REPLACE")))
    throw new Error(`Replaced by ${replaces.join()}, and the details are ${text}.`);
  for (const [name, kind] of entries) {
    const path = parsePath(name);
    if (kind.includes("REPLACE") !== replaces.includes(String(path[0])))
      throw new Error(`${name} is ${kind}, and ${replaces.join()} replaces.`);
    const [was, is] = [olds.some((old) => has(old, path)), has(news, path)];
    // Of an output, and of a member with a default, only one side has a value.
    const fits = isOutputOfJob(path)
      ? olds.some((old) => has(old, ["results", ...path.slice(1)]))
      : kind.startsWith("ADD")
        ? is
        : kind.startsWith("DELETE")
          ? was
          : was || is;
    if (!fits)
      throw new Error(
        `${name} is ${kind}, and it was ${was ? "" : "not "}there, and is ${is ? "" : "not "}now.`,
      );
  }
}

/** A set names the outputs of a job below its inputs, because the engine prints only those. */
const isOutputOfJob = ([jobs, , name, ...rest]: JsonPath): boolean =>
  jobs === "jobs" && (name === "state" || name === "assets") && rest.length === 0;

/** As the engine does. Source: `ParsePropertyPath` in `sdk/go/common/resource/properties_path.go`. */
function parsePath(text: string): JsonPath {
  const steps = [...text.matchAll(/\["((?:\\"|[^"])*)"\]|\[(\d+)\]|\.?([^.[\]"]+)/gy)];
  if (steps.map(([step]) => step).join("") !== text) throw new Error(`${text} is not a path.`);
  return steps.map(([, quoted, index, name]) =>
    index !== undefined ? Number(index) : (name ?? quoted!.replaceAll('\\"', '"')),
  );
}

/** Values that messages list, and parts of the example of a region. */
const known = /^[A-Z0-9_]+$|^deleteAssets$|^us-east-1?$/;

/**
 * Short secrets are in many words, and some values are public elsewhere. Each text is searched on its own, because a secret
 * may end with whatever would separate them.
 */
function assertHidden(texts: readonly string[], wires: readonly unknown[]): void {
  const words = wires.flatMap((wire) => wordsIn(wire, false));
  const open = words.filter(({ isSecret }) => !isSecret).map(({ word }) => word);
  const shown = words.find(
    ({ word, isSecret }) =>
      isSecret &&
      word.length > 7 &&
      !known.test(word) &&
      !open.some((other) => other.includes(word)) &&
      texts.some((text) => text.includes(word)),
  );
  if (shown) throw new Error(`A secret, ${shown.word}, is in: ${texts.join("\n")}`);
}

interface Word {
  readonly word: string;
  readonly isSecret: boolean;
}

function wordsIn(value: unknown, isSecret: boolean): Word[] {
  if (typeof value === "string") return [{ word: value, isSecret }];
  if (Array.isArray(value)) return value.flatMap((item) => wordsIn(item, isSecret));
  if (!isRecord(value)) return [];
  if (value[signatureKey] === secretSignature) return wordsIn(value.value, true);
  return Object.entries(value).flatMap(([name, held]) => [
    ...(name.startsWith(seededName) ? [{ word: name, isSecret }] : []),
    ...wordsIn(held, isSecret),
  ]);
}

/** Dynamic providers receive secrets in plain text. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  if (value[signatureKey] === secretSignature) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, plain(held)]));
}
