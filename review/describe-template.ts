/** Fills in the sentences of the job type table; `Words` says what they may hold. */
import type { Phrase } from "./rich-text";

type Fill = (placeholder: string) => Phrase | undefined;

const segments = /\[([^\]]*)\]|\{([^}|]*)(?:\|([^}]*))?\}/g;

/** `fill` answers nothing for what is not there. */
export function fillIn(template: string, fill: Fill): Phrase {
  return filled(template, fill) ?? [];
}

/** Nothing when a placeholder that has no text of its own stays empty. */
function filled(template: string, fill: Fill): Phrase | undefined {
  const phrase: (Phrase[number] | undefined)[] = [];
  let end = 0;
  for (const match of template.matchAll(segments)) {
    const [whole, part, placeholder, otherwise] = match;
    phrase.push(template.slice(end, match.index));
    end = match.index + whole.length;
    if (part !== undefined) phrase.push(...(filled(part, fill) ?? []));
    else phrase.push(...(fill(placeholder!) ?? [otherwise]));
  }
  phrase.push(template.slice(end));
  return phrase.every((told) => told !== undefined) ? phrase.filter((told) => told !== "") : undefined;
}
