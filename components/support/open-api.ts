/** The document that describes an API to subscribers. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { asset } from "@pulumi/pulumi";

import { isRecord } from "../../service-model/validate";

/** An OpenAPI 3.0 document: a file, its text in JSON, or the object that the text stands for. */
export type OpenApiDocument = asset.Asset | string | Readonly<Record<string, unknown>>;

/** What is uploaded for a document. */
export const uploadOf = (document: OpenApiDocument): asset.Asset & object =>
  asset.Asset.isInstance(document)
    ? (document as asset.Asset & object)
    : new asset.StringAsset(textOf(document));

/** The document's text; nothing for one that lies on another machine. */
export async function readDocument(document: OpenApiDocument): Promise<string | undefined> {
  if (!asset.Asset.isInstance(document)) return textOf(document);
  const { path, text, uri } = await placesOf(document);
  if (text !== undefined) return text;
  if (path !== undefined) return readFile(path, "utf8");
  return uri?.startsWith("file:") ? readFile(fileURLToPath(uri), "utf8") : undefined;
}

/** Where an asset's content is; its places may be promises. */
export async function placesOf(
  document: asset.Asset,
): Promise<Partial<Record<"path" | "text" | "uri", string>>> {
  const { path, text, uri } = document as unknown as Record<string, Promise<string> | undefined>;
  return { path: await path, text: await text, uri: await uri };
}

const textOf = (document: string | Readonly<Record<string, unknown>>): string =>
  typeof document === "string" ? document : JSON.stringify(document);

/**
 * Says what is wrong with the text of a document; nothing when it is OpenAPI 3.0. Source: AWS Data Exchange User
 * Guide, "Adding API assets": an OpenAPI 3.0 specification, in JSON.
 */
export function wrongDocument(text: string): string | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return "is not JSON; for a file give new pulumi.asset.FileAsset(path), and write YAML as JSON.";
  }
  if (!isRecord(document)) return "is JSON, but no OpenAPI document.";
  const { openapi, swagger, info, paths } = document;
  if (swagger !== undefined) return `is Swagger ${JSON.stringify(swagger)}; the service takes OpenAPI 3.0.`;
  if (typeof openapi !== "string")
    return "does not say in openapi which version it is; the service takes OpenAPI 3.0.";
  if (!/^3\.0\.\d+/.test(openapi))
    return `is OpenAPI ${openapi.slice(0, 20)}; the service takes OpenAPI 3.0.`;
  if (!isRecord(info) || !isRecord(paths))
    return "lacks info or paths, which every OpenAPI 3.0 document has.";
  return undefined;
}
