import { checkGo } from "../../scripts/go-build";
import { schemaPrograms } from "../harness/schema-programs";
import { describeExample } from "./describe-example";
import { describeLife } from "./describe-life";
import { goProgram } from "./go-runtime";

const go = { name: "Go", isCompiled: true, find: () => checkGo(process.env) };

describeLife({
  ...go,
  prepare: async () => ({
    settings: { name: "life", runtime: "go" },
    ...(await goProgram("tests/languages/go")),
  }),
});

// The programs of the documentation compile with it.
describeExample("examples/go", {
  ...go,
  prepare: async () => ({
    settings: { name: "go", runtime: "go" },
    ...(await goProgram("examples/go", schemaPrograms("go"))),
  }),
});
