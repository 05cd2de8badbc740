//! Which files are taken, judged by name and size before they travel; the server judges their content. Pure.

/** Bytes of a size as the requester wrote it: a number, or `10MB` with MB = 2^20. */
export function bytesOf(size: unknown): number | null {
  if (typeof size === "number") return size;
  const parts = /^\s*([\d.]+)\s*([KMG]?)(?:i?B)?\s*$/i.exec(String(size ?? ""));
  if (!parts) return null;
  const power = ["", "K", "M", "G"].indexOf((parts[2] ?? "").toUpperCase());
  return Math.floor(Number(parts[1]) * 1024 ** power);
}

export function accepts(types: readonly string[] | null | undefined, file: { name: string; type: string }): boolean {
  if (!types?.length) return true;
  const name = file.name.toLowerCase();
  return types.some((each) => {
    const wanted = each.trim().toLowerCase();
    if (!wanted.includes("/")) return name.endsWith(wanted.startsWith(".") ? wanted : `.${wanted}`);
    if (wanted === "*/*" || !file.type) return true;
    return wanted.endsWith("/*") ? file.type.startsWith(wanted.slice(0, -1)) : file.type === wanted;
  });
}
