import { checkGo } from "../../scripts/go-build";
import { describeLife } from "./describe-life";
import { goProgram } from "./go-runtime";

describeLife({
  name: "Go",
  isCompiled: true,
  find: () => checkGo(process.env),
  prepare: async () => ({
    settings: { name: "life", runtime: "go" },
    ...(await goProgram("tests/languages/go")),
  }),
});
