/** S3's XML documents. */
import { XMLParser } from "fast-xml-parser";
import type { XmlMembers } from "../../lib/xml";
import { writeXmlDocument } from "../../lib/xml";
import { malformedXml } from "./errors";

/** Writes a document in S3's namespace. Error documents have no namespace. */
export const document = (root: string, members: XmlMembers): string =>
  writeXmlDocument({ [root]: { "@xmlns": "http://s3.amazonaws.com/doc/2006-03-01/", ...members } });

// Parses text unchanged and any number of entities, because a request can contain a thousand keys of any characters.
const unlimited = { enabled: true, maxTotalExpansions: Infinity, maxExpandedLength: Infinity };
const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  trimValues: false,
  parseTagValue: false,
  processEntities: unlimited,
  htmlEntities: true,
  isArray: () => true,
});

type Parsed = string | { readonly [name: string]: readonly Parsed[] };

export class XmlElement {
  constructor(private readonly content: Parsed) {}

  /** Parses a document whose root must have this name. */
  static read(text: string, root: string): XmlElement {
    const parsed = parseXml(text);
    const [content, ...others] = typeof parsed === "string" ? [] : (parsed[root] ?? []);
    if (content === undefined || others.length > 0) throw malformedXml();
    return new XmlElement(content);
  }

  all(name: string): XmlElement[] {
    if (typeof this.content === "string") return [];
    return (this.content[name] ?? []).map((inner) => new XmlElement(inner));
  }

  first(name: string): XmlElement | undefined {
    return this.all(name)[0];
  }

  /** The text of a child element. */
  text(name: string): string | undefined {
    return this.first(name)?.ownText;
  }

  /** The text of a child element; throws if there is none. */
  requireText(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw malformedXml();
    return text;
  }

  get ownText(): string {
    return typeof this.content === "string" ? this.content : "";
  }
}

function parseXml(text: string): Parsed {
  // S3 requests never declare entities.
  if (text.includes("<!DOCTYPE")) throw malformedXml();
  try {
    return parser.parse(text, true) as Parsed;
  } catch {
    throw malformedXml();
  }
}
