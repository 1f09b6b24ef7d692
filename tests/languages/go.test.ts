import { describeLife } from "./describe-life";
import { goProgram } from "./go-runtime";
import { reasonOf } from "./life";

describeLife({
  name: "Go",
  isCompiled: true,
  prepare: () =>
    reasonOf("Go", async () => ({
      settings: { name: "life", runtime: "go" },
      ...(await goProgram("tests/languages/go")),
    })),
});
