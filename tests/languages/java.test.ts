import { describeLife } from "./describe-life";
import { checkJava, javaProgram } from "./java-runtime";

describeLife({
  name: "Java",
  isCompiled: true,
  find: checkJava,
  prepare: async () => ({
    settings: { name: "life", runtime: "java" },
    ...(await javaProgram("tests/languages/java/App.java")),
  }),
});
