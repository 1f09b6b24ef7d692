/** Pages of lists. A token names the entry that a page ended with, so entries added meanwhile change nothing. */
import { createHmac, randomBytes } from "node:crypto";
import { invalid } from "../http/service-error";
import type { Page, Shelf } from "../state/ordered-collection";

export interface PageInput {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

/** The API model gives no default. */
const defaultSize = 100;

/** `scope` says what is listed; a token of one list is refused by another. */
export function pageOf<T extends { readonly id: string }>(
  shelf: Shelf<T>,
  scope: string,
  { maxResults = defaultSize, nextToken }: PageInput,
): { items: readonly T[]; nextToken?: string } {
  const page: Page<T> = shelf.page(maxResults, nextToken === undefined ? undefined : read(nextToken, scope));
  return { items: page.items, nextToken: page.next === undefined ? undefined : write(page.next, scope) };
}

/** Tokens are made here alone: one that was changed is none of a list's, whatever it would say. */
const secret = randomBytes(32);
const seal = (text: string): string => createHmac("sha256", secret).update(text).digest("base64url");

const write = (key: string, scope: string): string => {
  const text = JSON.stringify([scope, key]);
  return Buffer.from(JSON.stringify([text, seal(text)])).toString("base64url");
};

function read(token: string, scope: string): string {
  try {
    const [text] = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as [string];
    const [, key] = JSON.parse(text) as [unknown, string];
    if (write(key, scope) === token) return key;
  } catch {
    // Falls through to the refusal, as every other token does that this list never gave.
  }
  throw invalid("NextToken must be one that this list answered with.");
}
