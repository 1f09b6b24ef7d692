/** Removes credentials from the URLs in a text: user info, query and fragment. Signed URLs are credentials. */

/** A URL from its `://` on. Each character is read once, so the cost is linear. */
const urls = /:\/\/[^\s"<>]*/g;

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
