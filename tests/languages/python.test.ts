import { join } from "node:path";

import { describeLife } from "./describe-life";
import { reasonOf } from "./life";
import { pythonPrograms } from "./python-runtime";

describeLife({
  name: "Python",
  prepare: () =>
    reasonOf("Python", async () => ({
      settings: { name: "life", runtime: "python" },
      ...(await pythonPrograms(join(process.cwd(), "tests", "languages", "python", "__main__.py"))),
    })),
});
