/** Lays out nested code. */
import type { ResultValue } from "./program";

export const indent = (text: string, by = "    "): string => text.replace(/^(?=.)/gm, by);

/** Items in brackets, each on its own lines. */
export const nest = (
  open: string,
  items: readonly string[],
  close: string,
  { separator = ",", last = separator }: { separator?: string; last?: string } = {},
): string =>
  [
    open,
    ...items.map((item, index) => indent(item + (index === items.length - 1 ? last : separator))),
    close,
  ].join("\n");

export const quote = (text: string): string => JSON.stringify(text);

/** `found.assets[0].id` */
export const access = ({ of, path }: ResultValue, rename = (name: string): string => name): string =>
  of + path.map((step) => (typeof step === "number" ? `[${step}]` : `.${rename(step)}`)).join("");
