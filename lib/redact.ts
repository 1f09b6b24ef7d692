/** Signed URLs are credentials: a message keeps where they point and loses what opens them. */

/** A URL from its `://` on. Each character is looked at once, so the cost is linear however many URLs there are. */
const urls = /:\/\/[^\s"<>]*/g;

export const redact = (text: string): string =>
  text.replace(urls, (found: string, at: number) => {
    // A query may hold another URL, and a list of URLs may be written without blanks.
    const [before = "", ...parts] = (text.slice(Math.max(0, at - 2), at) + found).split("://");
    let told = "";
    let scheme = before;
    for (const part of parts) {
      const open = withoutUserInfo(part);
      // The key of an object may hold a question mark, and `s3://` takes no query.
      const query = /s3$/i.test(scheme) ? -1 : open.search(/[?#]/);
      if (query >= 0) return `${told}://${open.slice(0, query)}${secretQuery(open.slice(query))}`;
      told += `://${open}`;
      scheme = part;
    }
    return told;
  });

/** A quote ends the query where the URL stands in quotes. */
function secretQuery(query: string): string {
  const end = query.indexOf("'");
  return `${query[0]!}[secret]${end < 0 ? "" : query.slice(end)}`;
}

/** Without what stands before the last "@" of the authority. */
function withoutUserInfo(part: string): string {
  const end = part.search(/[/?#]/);
  const authority = end < 0 ? part : part.slice(0, end);
  const at = authority.lastIndexOf("@");
  if (at >= 0) return part.slice(at + 1);
  // A password that is not encoded may hold what ends an authority. What follows the colon is no port then.
  const colon = authority.indexOf(":");
  const isPassword = colon >= 0 && !authority.startsWith("[") && !/^:\d*$/.test(authority.slice(colon));
  return isPassword ? part.slice(part.lastIndexOf("@") + 1) : part;
}
