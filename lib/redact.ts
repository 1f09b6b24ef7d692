/** Hides secrets in a text. */

/** Shorter values may occur within other words, so they are hidden only between quotes. */
const minLength = 4;

/** Replaces each of the values, as it is, in JSON or in a URL. A value that contains another is replaced as a whole. */
export function hideValues(text: string, values: readonly string[]): string {
  const patternOf = (some: readonly string[]) =>
    some
      .flatMap(formsOf)
      .sort((a, b) => b.length - a.length)
      .map((form) => form.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
      .join("|");
  const known = [...new Set(values)].filter((value) => value !== "");
  if (known.length === 0) return text;
  const long = patternOf(known.filter((value) => value.length >= minLength));
  const quoted = `(["'\`])(?:${patternOf(known)})\\1`;
  return text.replace(new RegExp(long === "" ? quoted : `${quoted}|${long}`, "g"), "[secret]");
}

function formsOf(value: string): string[] {
  // A lone surrogate has no encoding.
  const encoded = encodeURIComponent(Buffer.from(value).toString());
  return [value, JSON.stringify(value).slice(1, -1), encoded, encoded.replaceAll("%2F", "/")];
}

/** The texts in a value, to hide them. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** A URL from its `://` on. Each character is read once, so the cost is linear. */
const urls = /:\/\/[^\s"<>]*/g;

/** Removes credentials from the URLs in a text: user info, query and fragment. Signed URLs are credentials. */
export const redact = (text: string): string =>
  text.replace(urls, (found: string, at: number) => {
    // A query can contain another URL, and a list of URLs need not have blanks.
    const [before = "", ...parts] = (text.slice(Math.max(0, at - 2), at) + found).split("://");
    let kept = "";
    let scheme = before;
    for (const part of parts) {
      const open = withoutUserInfo(part);
      // The key of an object can contain a question mark, and `s3://` has no query.
      const query = /s3$/i.test(scheme) ? -1 : open.search(/[?#]/);
      if (query >= 0) return `${kept}://${open.slice(0, query)}${secretQuery(open.slice(query))}`;
      kept += `://${open}`;
      scheme = part;
    }
    return kept;
  });

/** A quote ends the query if the URL is in quotes. */
function secretQuery(query: string): string {
  const end = query.indexOf("'");
  return `${query[0]!}[secret]${end < 0 ? "" : query.slice(end)}`;
}

/** Removes everything before the last "@" of the authority. */
function withoutUserInfo(part: string): string {
  const end = part.search(/[/?#]/);
  const authority = end < 0 ? part : part.slice(0, end);
  const at = authority.lastIndexOf("@");
  if (at >= 0) return part.slice(at + 1);
  // A password that is not encoded can contain the end of an authority. Then the colon is not followed by a port.
  const colon = authority.indexOf(":");
  const isPassword = colon >= 0 && !authority.startsWith("[") && !/^:\d*$/.test(authority.slice(colon));
  return isPassword ? part.slice(part.lastIndexOf("@") + 1) : part;
}
