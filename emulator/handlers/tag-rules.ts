/** Which tags AWS takes. Source: AWS General Reference, tag naming limits and requirements. */
import { invalid } from "../protocol/service-error";
import type { Tags } from "../state/records";

const mostTags = 50;
const longestKey = 128;
const longestValue = 256;
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Refuses what is none of AWS's tags; `tags` are all that the resource would have. */
export function refuseWrongTags(tags: Tags = {}): void {
  const entries = Object.entries(tags);
  if (entries.length > mostTags) throw invalid(`A resource takes at most ${mostTags} tags.`);
  for (const [key, value] of entries) {
    const wrong = wrongKey(key) ?? wrongText("value", value, longestValue);
    if (wrong) throw invalid(`Tags: ${wrong}`);
  }
}

function wrongKey(key: string): string | undefined {
  if (key === "") return "a key must not be empty.";
  if (/^aws:/i.test(key)) return "a key must not begin with aws:, which AWS keeps for its own tags.";
  return wrongText("key", key, longestKey);
}

function wrongText(what: string, text: string, most: number): string | undefined {
  const { length } = [...text];
  if (length > most) return `a ${what} must be at most ${most} characters long, not ${length}.`;
  return allowed.test(text)
    ? undefined
    : `a ${what} must hold letters, digits, spaces and _ . : / = + - @ only.`;
}
