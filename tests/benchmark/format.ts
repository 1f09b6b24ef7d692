/** Values as the table says them. */
export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

export const megabytes = (value: number): string => `${Math.round(value)} MB`;

export const jobCount = (count: number): string =>
  count === 1 ? "1 job" : `${count.toLocaleString("en")} jobs`;

/** For a value that is in seconds already. */
export const secondsOf = (value: number): string => `${value.toFixed(1)} s`;

export const count = (value: number): string => value.toLocaleString("en");
