import type { Props } from "./resource";

/** Marks the inputs that `read` has derived from a resource. A program's inputs do not have it. */
export const importMark = "__imported";

export const isImported = (inputs: Props): boolean => inputs[importMark] !== undefined;
