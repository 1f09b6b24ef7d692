const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

/** A member of an error that S3 answers, as XML. Undefined if the text is something else. */
export const s3ErrorMember = (name: "Code" | "Message", xml: string): string | undefined =>
  new RegExp(`<${name}>([^<]+)</${name}>`)
    .exec(xml)?.[1]
    ?.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => entities[entity]!);
