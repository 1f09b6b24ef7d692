import { createRequire } from "node:module";
import { readFileSync, readdirSync } from "node:fs";

import type { CustomResource, Inputs } from "@pulumi/pulumi";
import { Output, runtime } from "@pulumi/pulumi";
import { expect } from "chai";

import { awsModules } from "../../../provider/plugin/aws-modules";
import { readValue } from "../../../provider/resources/pulumi-private";

const load = (module: string) =>
  createRequire(__filename)(`@pulumi/aws/${module}`) as Record<string, unknown>;

type Constructor = new (name: string, args: Inputs) => CustomResource;
type Invoke = (args: Inputs) => Output<unknown>;

/** Arguments that each class of the package requires. */
const required = new Proxy(
  {},
  { get: (_, name) => (name === "__pulumiOutput" ? undefined : "given"), has: () => true },
);

describe("what the plugin uses of @pulumi/aws", () => {
  const calls: string[] = [];
  before(() =>
    runtime.setMocks({
      newResource: ({ type, name, inputs }) => {
        calls.push(type);
        return { id: name, state: inputs as object };
      },
      call: ({ token, inputs }) => {
        calls.push(
          `${token} ${Object.keys(inputs as object)
            .sort()
            .join()}`,
        );
        return {};
      },
    }),
  );

  for (const [module, members] of Object.entries(awsModules)) {
    for (const [name, member] of Object.entries(members)) {
      it(`${module}.${name} has the token and the outputs of the package`, async () => {
        const original = load(module)[name];
        calls.length = 0;
        if (name.endsWith("Output")) {
          const args = { restApiId: "a", stageName: "s", exportType: "oas30", accepts: "application/json" };
          const given = module === "apigateway" ? args : {};
          await readValue((original as Invoke)(given));
          await readValue((member as Invoke)(given));
        } else {
          const real = new (original as Constructor)("real", required);
          const own = new (member as Constructor)("own", {});
          await Promise.all([readValue(real.urn), readValue(own.urn)]);
          const isOutput = (resource: object) => (key: string) =>
            Output.isInstance((resource as Inputs)[key]);
          expect(Object.keys(real)).to.include.members(Object.keys(own).filter(isOutput(own)));
        }
        expect(calls).to.have.length(2);
        expect(calls[1]).to.equal(calls[0]);
      });
    }
  }

  it("is all that components load", () => {
    const folders = ["components", "components/support"];
    const files = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => file.endsWith(".ts"))
        .map((file) => readFileSync(`${folder}/${file}`, "utf8")),
    );
    const used = files.flatMap((text) =>
      [...text.matchAll(/const \{ ([^}]*) \} = requireAws<[^>]*>\(\s*"([^"]*)"/g)].flatMap(
        ([, names, module]) => names!.split(", ").map((name) => `${module}.${name}`),
      ),
    );
    const calls = files.join("").match(/= requireAws</g) ?? [];
    expect(calls.length).to.be.greaterThan(5);
    const table = Object.entries(awsModules).flatMap(([module, members]) =>
      Object.keys(members).map((name) => `${module}.${name}`),
    );
    expect([...new Set(used)].sort()).to.deep.equal(table.sort());
  });
});
