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

/** `importAssetsFromS3` → `import_assets_from_s3`, as Pulumi's generator names members in Python. */
export const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

/** `found.assets[0].id` */
export const access = ({ of, path }: ResultValue, rename = (name: string): string => name): string =>
  of + path.map((step) => (typeof step === "number" ? `[${step}]` : `.${rename(step)}`)).join("");
