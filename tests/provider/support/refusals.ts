import { checkInputs } from "../../../provider/core/check";
import { formatPath } from "../../../service-model/validate";
import { bodiesOf } from "./host";

/** What `check` finds wrong: paths and sentences. `files` are the readable files with their sizes. */
export const problemsOf = async (
  inputs: object,
  files?: Record<string, number>,
): Promise<[string, string][]> => {
  const problems = await checkInputs({ ...inputs }, bodiesOf(undefined, files));
  return problems.map(({ path, message }) => [formatPath(path), message]);
};
