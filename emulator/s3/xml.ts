/** S3's XML documents: answers are written from objects, requests are read by element name. */
import { XMLParser } from "fast-xml-parser";
import type { XmlMembers } from "../../lib/xml";
import { writeXml } from "../../lib/xml";
import { malformedXml } from "./errors";

export const document = (root: string, members: XmlMembers): string =>
  errorDocument({ [root]: { "@xmlns": "http://s3.amazonaws.com/doc/2006-03-01/", ...members } });

/** S3's errors are the one document without a namespace. */
export const errorDocument = (members: XmlMembers): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${writeXml(members)}`;

// Numbers and blanks in keys are part of their names, and a thousand keys may hold any number of entities.
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

  /** The document's root, which must have the name. */
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

  /** The text of an element inside. */
  text(name: string): string | undefined {
    return this.first(name)?.ownText;
  }

  /** The text of an element that has to be there. */
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
  // A request has no use for entities of its own making.
  if (text.includes("<!DOCTYPE")) throw malformedXml();
  try {
    return parser.parse(text, true) as Parsed;
  } catch {
    throw malformedXml();
  }
}
