import { expect } from "chai";

import { connectionSettings } from "../../../provider/aws/settings";
import { args } from "../../../provider/core/arguments";
import { diffFinalization } from "../../../provider/core/finalization";
import { secretOutputs } from "../../../provider/core/state";
import { finalizationToken, jobSetToken, jobToken } from "../../../provider/resources/state-contract";
import { quotasKey } from "../../../provider/host/sessions";
import * as library from "../../../index";
import { checkTypeName, enumerationOf, enumerator, token } from "../../../scripts/generate/schema/names";
import { packageSchema } from "../../../scripts/generate/schema/package";
import { structs } from "../../../scripts/generate/schema/shapes";
import type { EnumerationSpec, ObjectSpec, PropertySpec } from "../../../scripts/generate/schema/types";
import { forEveryLanguage, unusedChanges } from "../../../scripts/generate/schema/wording";
import { jobTypes } from "../../../service-model/job-types";

describe("the package schema", () => {
  const schema = packageSchema();
  const { types, resources, functions } = schema;
  const resource = (name: string) => resources[token(name)]!;
  const objects = Object.entries(types).filter(
    (entry): entry is [string, ObjectSpec] => "properties" in entry[1],
  );

  /** Every property by its place. */
  const properties: [place: string, property: PropertySpec][] = [
    ...objects.map(([id, { properties }]) => [id, properties] as const),
    ...Object.entries(resources).flatMap(([id, { inputProperties, properties }]) => [
      [`${id} inputs`, inputProperties] as const,
      [`${id} outputs`, properties] as const,
    ]),
    ...Object.entries(functions).flatMap(([id, { inputs, outputs }]) => [
      [`${id} inputs`, inputs.properties] as const,
      [`${id} outputs`, outputs.properties] as const,
    ]),
    ["provider", schema.provider.inputProperties] as const,
  ].flatMap(([place, all]) =>
    Object.entries(all).map(([name, property]): [string, PropertySpec] => [`${place}.${name}`, property]),
  );

  it("has every resource class of the library", () => {
    const classes = Object.entries(library).filter(
      ([, value]) => typeof value === "function" && /^class /.test(String(value)),
    );
    expect(Object.keys(resources)).to.have.members(classes.map(([name]) => token(name)));
  });

  it("declares every type that it refers to, and no other", () => {
    const texts =
      JSON.stringify({ ...schema, types: {} }) + objects.map(([, spec]) => JSON.stringify(spec)).join("");
    const references = new Set([...texts.matchAll(/"#\/types\/([^"]+)"/g)].map(([, id]) => id));
    expect(Object.keys(types)).to.have.members([...references]);
  });

  it("describes every property", () => {
    expect(
      properties
        .filter(([, { description = "" }]) => !/^[A-Z`].*\.$/s.test(description))
        .map(([place]) => place),
    ).to.deep.equal([]);
  });

  it("describes every value of an enumeration", () => {
    const values = Object.values(types).flatMap((spec) => ("enum" in spec ? spec.enum : []));
    expect(values.filter(({ description = "" }) => !/^[A-Z].*\.$/.test(description))).to.deep.equal([]);
  });

  it("requires what the job type table requires, but no member that is computed from the upload", () => {
    for (const shape of structs.values()) {
      const spec = types[token(shape.name)] as ObjectSpec;
      const required = Object.entries(shape.members).filter(
        ([, member]) => member.required && !member.fromUpload,
      );
      expect(spec.required ?? [], shape.name).to.deep.equal(required.map(([name]) => name));
      expect(Object.keys(spec.properties), shape.name).to.deep.equal(Object.keys(shape.members));
    }
    expect(resource("Job").requiredInputs).to.deep.equal(["type", "details"]);
  });

  it("exports assets by their ids and names, or by their ids", () => {
    expect(resource("S3Export").inputProperties["assets"]!.items).to.deep.equal({
      $ref: `#/types/${token("AssetToExport")}`,
    });
    expect((types[token("AssetToExport")] as ObjectSpec).required).to.deep.equal(["id", "name"]);
    expect(resource("S3Export").requiredInputs).to.deep.equal(["dataSetId", "revisionId", "bucket"]);
  });

  it("has results of functions that programs in every language can give to exports", () => {
    // An object type is one type in outputs and another in inputs, except in Python, TypeScript and YAML.
    const typeOf = ({ type, items }: PropertySpec) => [type, items?.type];
    const { dataSetId, revisionId, assetIds } = functions[token("getAssets")]!.outputs.properties;
    const { inputProperties } = resource("S3Export");
    for (const [name, property] of Object.entries({ dataSetId, revisionId, assetIds }))
      expect(typeOf(property!), name).to.deep.equal(typeOf(inputProperties[name]!));
    expect(typeOf(assetIds!)).to.deep.equal(["array", "string"]);
    const { revisionIds } = resource("RevisionExport").inputProperties;
    const latest = functions[token("getLatestRevision")]!.outputs.properties;
    expect(revisionIds!.items!.type).to.equal(latest["revisionId"]!.type);
  });

  it("has the outputs of the Job class, and its details by type", () => {
    const { properties, required = [] } = resource("Job");
    expect(properties["details"]!.$ref).to.equal(`#/types/${token("JobDetails")}`);
    const optional = Object.keys(properties).filter((name) => !required.includes(name));
    expect(optional).to.have.members(["signedUrl", "signedUrlExpiresAt", "apiKey", "eventActionArn"]);
    const results = resource("JobSet").properties["results"]!;
    expect(results.additionalProperties).to.deep.equal({ $ref: `#/types/${token("JobOutcome")}` });
  });

  it("has a member of the details and a value of the type for every type of job", () => {
    const { properties } = types[token("JobDetails")] as ObjectSpec;
    expect(Object.keys(properties)).to.deep.equal(jobTypes.map(({ detailsKey }) => detailsKey));
    const values = types[token("JobType")] as EnumerationSpec;
    expect(values.enum.map(({ value }) => value)).to.deep.equal(jobTypes.map(({ type }) => type));
    for (const { value, description } of values.enum)
      expect(description, value).to.match(/^(Imports|Licenses|Shares|Exports|Creates) .*\.$/);
  });

  it("says which inputs replace a resource", () => {
    const replacing = (name: string) =>
      Object.entries(resource(name).inputProperties)
        .filter(([, { willReplaceOnChanges }]) => willReplaceOnChanges)
        .map(([input]) => input);
    const replacingArgs = Object.entries(args).filter(([, { onChange }]) => onChange === "replace");
    expect(replacing("Job")).to.have.members([
      "type",
      "details",
      "upload",
      "triggers",
      ...replacingArgs.map(([name]) => name),
    ]);
    expect(replacing("JobSet")).to.deep.equal([]);
    const inputs = Object.keys(resource("RevisionFinalization").inputProperties);
    const changed = Object.fromEntries(inputs.map((name) => [name, "changed"]));
    expect(replacing("RevisionFinalization")).to.have.members(diffFinalization({}, changed).replaces);
  });

  it("has aliases of the dynamic types", () => {
    const aliases = (["Job", "JobSet", "RevisionFinalization"] as const).map(
      (name) => resource(name).aliases,
    );
    expect(aliases).to.deep.equal([jobToken, jobSetToken, finalizationToken].map((type) => [{ type }]));
  });

  it("marks credentials as secret", () => {
    const outputs = resource("Job").properties;
    expect(Object.keys(outputs).filter((name) => outputs[name]!.secret)).to.have.members(secretOutputs);
    const secret = properties.filter(([, property]) => property.secret).map(([place]) => place);
    expect(secret).to.include.members(
      ["ApiAsset inputs.apiKey", "ApiContent.apiKey", "SignedDownload outputs.url"].map(token),
    );
    const credentials = /\.(apiKey|signedUrl|secretKey|token|webIdentityToken)$/;
    expect(properties.filter(([place, { secret }]) => credentials.test(place) && !secret)).to.deep.equal([]);
  });

  it("has enumerations in inputs and plain texts in outputs", () => {
    expect(resource("Job").inputProperties["type"]!.$ref).to.equal(`#/types/${token("JobType")}`);
    expect(resource("Job").properties["type"]!.type).to.equal("string");
    const strict = /^#\/types\/.*:(JobType|Adoption|OnDelete|EncryptionType|ApiProtocol|\w+Permission)$/;
    const outputs = properties.filter(
      ([place]) => place.includes("outputs.") || place.includes("JobOutcome."),
    );
    expect(outputs.filter(([, { $ref = "" }]) => strict.test($ref))).to.deep.equal([]);
    const { type } = (types[token("ExportServerSideEncryption")] as ObjectSpec).properties;
    expect(type!.oneOf).to.deep.equal([{ type: "string" }, { $ref: `#/types/${token("EncryptionType")}` }]);
  });

  it("has the settings of the stack's aws: config under the same names", () => {
    const read = new Set<string>();
    connectionSettings({}, (key) => void read.add(key));
    // The older form of assumeRoles.
    read.delete("aws:assumeRole");
    read.add(quotasKey);
    expect(Object.keys(schema.config.variables)).to.have.members(
      [...read].map((key) => key.replace(/^\w+:/, "")),
    );
  });

  it("has the functions of the library, each with the settings of a connection", () => {
    const names = Object.keys(library).filter((name) => /^get.*(?<!Output)$/.test(name));
    expect(Object.keys(functions)).to.have.members(names.map(token));
    for (const { inputs } of Object.values(functions))
      expect(Object.keys(inputs.properties)).to.include.members([
        "region",
        "profile",
        "assumeRole",
        "endpoint",
      ]);
    expect(functions[token("getAssets")]!.inputs.required).to.deep.equal(["dataSetId"]);
    const { details } = functions[token("getJob")]!.outputs.properties;
    expect(details!.$ref).to.equal(`#/types/${token("JobDetails")}`);
  });

  it("has an example in every language for each resource and function", () => {
    for (const [id, { description }] of Object.entries({ ...resources, ...functions })) {
      const [usage] = description.split("\n## Import\n");
      const languages = [...usage!.matchAll(/^```(\w+)$/gm)].map(([, language]) => language);
      expect(languages, id).to.deep.equal(["typescript", "python", "csharp", "go", "java", "yaml"]);
    }
  });

  it("has no member named like its type, which C# does not compile", () => {
    const owners = [...objects, ...Object.entries(resources)];
    const wrong = owners.filter(([id, { properties }]) =>
      Object.keys(properties).some((name) => token(name).toLowerCase() === id.toLowerCase()),
    );
    expect(wrong).to.deep.equal([]);
  });
});

describe("names of the package schema", () => {
  it("of enumerators have words with a capital first letter", () => {
    const values = ["IMPORT_ASSETS_FROM_S3", "aws:kms", "AES256", "deleteAssets"];
    expect(values.map(enumerator)).to.deep.equal(["ImportAssetsFromS3", "AwsKms", "Aes256", "DeleteAssets"]);
  });

  it("do not end in what generators append", () => {
    for (const name of ["JobState", "JobResult", "TagArgs", "TagArray"])
      expect(() => checkTypeName(name)).to.throw(name);
    expect(() => checkTypeName("JobOutcome")).not.to.throw();
  });

  it("of enumerations are listed", () => {
    expect(enumerationOf(["SELECT", "DESCRIBE"]).name).to.equal("TablePermission");
    expect(() => enumerationOf(["a", "b"])).to.throw("a, b");
  });
});

describe("a description for every language", () => {
  it("needs each change of wording", () => {
    packageSchema();
    expect(unusedChanges()).to.deep.equal([]);
  });

  it("has no sentence that holds for Node.js only", () => {
    expect(() => forEveryLanguage("Run `npm install`.")).to.throw("npm");
    expect(() => forEveryLanguage("Needs `@pulumi/random`.")).to.throw("@pulumi/random");
    expect(forEveryLanguage("Default: the stack's `aws:region`.")).to.equal(
      "Default: the provider's `region`.",
    );
  });
});
