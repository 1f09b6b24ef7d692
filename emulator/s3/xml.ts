/** S3's XML: answers are built from strings, requests are read by element name. */
import { XMLParser } from "fast-xml-parser";
import { malformedXml } from "./errors";

const named: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Keys may hold control characters. S3 writes them as references, which lenient parsers read back. */
export const escapeXml = (text: string): string =>
  text.replace(/[&<>"\u0000-\u001f]/g, (found) => named[found] ?? `&#x${found.charCodeAt(0).toString(16)};`);

/** An element with a text, or nothing for a value that is not there. */
export const tag = (name: string, value: string | number | boolean | undefined): string =>
  value === undefined ? "" : `<${name}>${escapeXml(String(value))}</${name}>`;

/** An element around others. */
export const group = (name: string, ...inner: readonly string[]): string =>
  `<${name}>${inner.join("")}</${name}>`;

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

export const document = (root: string, ...inner: readonly string[]): string =>
  `${declaration}<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner.join("")}</${root}>`;

/** S3's errors are the one document without a namespace. */
export const errorDocument = (...inner: readonly string[]): string => declaration + group("Error", ...inner);

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
