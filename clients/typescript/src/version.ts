/** Which version of the package this is. */
export const VERSION = "0.1.0";
export const USER_AGENT = `askwell-typescript/${VERSION}`;
