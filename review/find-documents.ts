/** Finds the JSON documents in an input that may have lines of text before and after them. */

export interface Found {
  readonly documents: readonly unknown[];
  /** The first line of text outside of the documents. */
  readonly text?: string;
  /** Whether the last document has no end. */
  readonly isCut: boolean;
}

export function findDocuments(input: string): Found {
  const whole = parse(input);
  if (whole) return { documents: [whole.value], isCut: false };
  // Colour codes of a terminal may precede a brace.
  const text = input.replace(/\u001b\[[0-9;]*m/g, "");
  const documents: unknown[] = [];
  let outside: string | undefined;
  let at = 0;
  while (at < text.length) {
    const end = text[at] === "{" ? endOfObject(text, at) : 0;
    if (end === undefined) return { documents, text: outside, isCut: true };
    const document = end > 0 ? parse(text.slice(at, end)) : undefined;
    if (document) {
      documents.push(document.value);
      at = end;
      continue;
    }
    const rest = /[^\r\n]*/y;
    rest.lastIndex = at;
    const line = rest.exec(text)![0];
    if (outside === undefined && line.trim() !== "") outside = line.trim();
    at += line.length + 1;
  }
  return { documents, text: outside, isCut: false };
}

function parse(json: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(json) as unknown };
  } catch {
    return undefined;
  }
}

/** The end of the object that begins at `start`, or undefined if it has none. */
function endOfObject(text: string, start: number): number | undefined {
  const marks = /[{}"]/g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if (mark[0] === "{") depth++;
    if (mark[0] === "}" && --depth === 0) return marks.lastIndex;
    if (mark[0] !== '"') continue;
    const end = endOfString(text, marks.lastIndex);
    if (end === undefined) return undefined;
    marks.lastIndex = end;
  }
  return undefined;
}

/** A loop, because a regular expression over a long string exhausts the stack. */
function endOfString(text: string, start: number): number | undefined {
  for (let quote = text.indexOf('"', start); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let escapes = 0;
    while (text[quote - 1 - escapes] === "\\") escapes++;
    if (escapes % 2 === 0) return quote + 1;
  }
  return undefined;
}
