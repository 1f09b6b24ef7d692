/** Writes XML from plain objects, and reads S3's documents. */
import { XMLParser } from "fast-xml-parser";
import { malformedXml } from "./errors";

/** An element's text or its members; an array repeats the element, and `undefined` leaves it out. */
export type XmlValue = string | number | boolean | undefined | XmlMembers | readonly XmlValue[];

/** Elements by name, in order; attributes have an `@` in front, and `#text` is text beside them. */
export interface XmlMembers {
  readonly [name: string]: XmlValue;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Writes control characters, which S3 keys may contain, as references, which lenient parsers accept. */
const escapeXml = (text: string | number | boolean): string =>
  String(text).replace(
    /[&<>"\u0000-\u001f]/g,
    (found) => entities[found] ?? `&#x${found.charCodeAt(0).toString(16)};`,
  );

/** Not by fast-xml-parser's builder, because that takes three times as long for a page of a thousand objects. */
export function writeXml(members: XmlMembers): string {
  let xml = "";
  for (const name in members) {
    const value = members[name];
    if (name.startsWith("@") || value === undefined) continue;
    if (name === "#text") xml += escapeXml(value as string);
    else if (Array.isArray(value)) for (const one of value as XmlValue[]) xml += element(name, one);
    else xml += element(name, value);
  }
  return xml;
}

/** Writes a document, which begins with the XML declaration. */
export const writeXmlDocument = (members: XmlMembers): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${writeXml(members)}`;

function element(name: string, value: XmlValue): string {
  if (value === undefined) return "";
  if (typeof value !== "object") return `<${name}>${escapeXml(value)}</${name}>`;
  const members = value as XmlMembers;
  const attributes = Object.keys(members).filter((key) => key.startsWith("@"));
  const start = [name, ...attributes.map((key) => `${key.slice(1)}="${escapeXml(members[key] as string)}"`)];
  return `<${start.join(" ")}>${writeXml(members)}</${name}>`;
}

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
