import { schemaPrograms } from "../harness/schema-programs";
import { describeExample } from "./describe-example";
import { describeLife } from "./describe-life";
import { checkJava, javaProgram } from "./java-runtime";

const java = { name: "Java", isCompiled: true, find: checkJava };

describeLife({
  ...java,
  prepare: async () => ({
    settings: { name: "life", runtime: "java" },
    ...(await javaProgram("tests/languages/java/App.java")),
  }),
});

// The programs of the documentation compile with it.
describeExample("examples/java", {
  ...java,
  prepare: async () => ({
    settings: { name: "java", runtime: "java" },
    ...(await javaProgram("examples/java/src/main/java/quickstart/App.java", schemaPrograms("java"))),
  }),
});
