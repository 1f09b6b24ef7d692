import { stripVTControlCharacters } from "node:util";

/** Breaks a text between words; lines after the first are indented as the first is, and by `hanging` more. */
export function wrap(text: string, width: number, hanging = 0): string[] {
  if (visible(text) <= width) return [text];
  const indent = /^ */.exec(text)![0];
  const [first = "", ...words] = text.slice(indent.length).split(" ");
  const lines: string[] = [];
  let line = indent + first;
  for (const word of words) {
    if (visible(line) + 1 + visible(word) <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = indent + " ".repeat(hanging) + word;
    }
  }
  return [...lines, line];
}

const visible = (text: string): number => stripVTControlCharacters(text).length;
