/** `importAssetsFromS3` → `import_assets_from_s3`, as Pulumi's generator names members in Python. */
export const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
