/** Key pairs, and a key of S3 with every kind of character that clients write in ways of their own. */
export const right = {
  accessKeyId: "AKIDRIGHT",
  secretAccessKey: "se/cret+with=odd",
  accountId: "222222222222",
};
export const wrongSecret = { ...right, secretAccessKey: "guessed" };
export const unknownKey = { ...right, accessKeyId: "AKIDUNKNOWN" };

export const oddKey = "a b+c=d&e/ü~(1)'x'*!@:,;?#[%41]{}|^`<>/日本.csv";
