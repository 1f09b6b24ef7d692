/** What Pulumi itself writes when it is asked to write all: `pulumi up --logtostderr -v=9`. */
import type { PulumiFn } from "@pulumi/pulumi/automation";

import type { TestStack } from "../../harness/stack";
import type { Secrets } from "./secrets";

/**
 * How Pulumi's own lines begin that carry whole properties: the engine's, of each property on its way, and the SDK's,
 * of what a registration answered, which the engine logs once more as an event.
 */
const ownLine =
  /^(?:eventSink::Debug\(<\{%reset%\}>)?((?:Unm|M)arshaling property for RPC|RegisterResource RPC finished)\b/;

export interface VerboseLog {
  readonly characters: number;
  /** The secrets that Pulumi wrote of itself, and how those lines begin. */
  readonly byPulumi: Readonly<Record<string, readonly string[]>>;
  /** Everything but those lines. */
  readonly rest: string;
}

export async function verboseUp(
  { stack }: TestStack,
  program: PulumiFn,
  secrets: Secrets,
): Promise<VerboseLog> {
  let written = "";
  const take = (text: string) => void (written += text);
  await stack.up({ program, logVerbosity: 9, logToStdErr: true, onOutput: take, onError: take });
  const lines = written.split("\n").map((line) => ({ line, head: ownLine.exec(messageOf(line))?.[1] }));
  const byPulumi: Record<string, string[]> = {};
  for (const { line, head } of lines) {
    if (head === undefined) continue;
    for (const secret of secrets.among(line))
      byPulumi[secret] = [...new Set([...(byPulumi[secret] ?? []), head])];
  }
  const rest = lines.filter(({ head }) => head === undefined).map(({ line }) => line);
  return { characters: written.length, byPulumi, rest: rest.join("\n") };
}

/** A line of the log is a JSON object. */
function messageOf(line: string): string {
  if (!line.startsWith("{")) return "";
  try {
    return String((JSON.parse(line) as { msg?: unknown }).msg);
  } catch {
    return "";
  }
}
