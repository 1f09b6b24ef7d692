/** Values as the table says them. */
export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

export const megabytes = (value: number): string => `${Math.round(value)} MB`;

export const jobCount = (count: number): string =>
  count === 1 ? "1 job" : `${count.toLocaleString("en")} jobs`;
