/** Signed URLs are credentials: a message keeps where they point and loses what opens them. */
export const redact = (text: string): string =>
  text
    .replace(/(https?:\/\/)[^\s"'<>/@]+@/gi, "$1")
    .replace(/(https?:\/\/[^\s"'<>?]+)\?[^\s"'<>]*/gi, "$1?[secret]");
