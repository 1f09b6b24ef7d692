import { join } from "node:path";

import { pythonPrograms } from "../harness/python-programs";
import { describeLife } from "./describe-life";
import { reasonOf } from "./life";

describeLife({
  name: "Python",
  prepare: () =>
    reasonOf("Python", async () => ({
      settings: { name: "life", runtime: "python" },
      ...(await pythonPrograms(join(process.cwd(), "tests", "languages", "python", "__main__.py"))),
    })),
});
