//! Our own few strokes, on a grid of 20: those by name come with the page, all others with what shows them.
const PATHS = {
  inbox: "M3 11.5 5 4h10l2 7.5V16H3zM3 11.5h4l1 2h4l1-2h4",
  history: "M10 5.5V10l3 1.8M3.6 7.5A7 7 0 1 1 3 10M3.3 4v3.5h3.4",
  play: "M6 4.2v11.6L15.5 10z",
  settings: "M4 6h6M14 6h2M4 14h2M10 14h6M12 4v4M8 12v4",
  confirmation: "M10 3.2a6.8 6.8 0 1 0 0 13.6 6.8 6.8 0 0 0 0-13.6M7 10.2l2.2 2.2L13.2 8",
  selection: "M3.5 5.5h1.6M3.5 10h1.6M3.5 14.5h1.6M8 5.5h8.5M8 10h8.5M8 14.5h8.5",
  text_input: "M3.5 5h13v10h-13zM6.5 8.2v3.6M9 11.8h4",
  file_upload: "M10 13V4M6.5 7.3 10 3.8l3.5 3.5M4 12.5V16h12v-3.5",
  review: "M4 5.3 5.2 6.5 7.5 4M4 10.3l1.2 1.2L7.5 9M4 15.3l1.2 1.2 2.3-2.5M10.5 5.5h6M10.5 10.5h6M10.5 15.5h6",
  signature: "M3 16h14M4.5 12.5c3-1 6-8 4-8.5s-2.5 8 .5 8c1.5 0 2-2 3-2s.5 1.5 1.7 1.5 1.6-.8 2.3-1",
  custom: "M7.5 3.5c-2 0-2.5.8-2.5 2.3v2c0 1.3-.6 2-2 2.2 1.4.2 2 .9 2 2.2v2c0 1.5.5 2.3 2.5 2.3M12.5 3.5c2 0 2.5.8 2.5 2.3v2c0 1.3.6 2 2 2.2-1.4.2-2 .9-2 2.2v2c0 1.5-.5 2.3-2.5 2.3",
  unknown: "M10 3.2a6.8 6.8 0 1 0 0 13.6 6.8 6.8 0 0 0 0-13.6M8 8a2 2 0 1 1 3 1.8c-.7.4-1 .8-1 1.6M10 13.6v.1",
  clock: "M10 3.2a6.8 6.8 0 1 0 0 13.6 6.8 6.8 0 0 0 0-13.6M10 6.3V10l2.5 1.7",
  back: "M12 4.5 6.5 10l5.5 5.5",
  more: "M4.5 10h.1M10 10h.1M15.5 10h.1",
  close: "M5 5l10 10M15 5 5 15",
  check: "M4.5 10.5 8.3 14.3 15.5 6",
  search: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4M12.7 12.7 16.5 16.5",
  person: "M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6M4 16.5c.8-3 3.2-4.3 6-4.3s5.2 1.3 6 4.3",
  warning: "M10 3.5 17 16H3zM10 8.2v3.6M10 13.9v.1",
  retry: "M4.5 10a5.5 5.5 0 1 0 1.7-4M4.5 3.5v3h3",
  copy: "M7 7V3.5h9.5V13H13M3.5 7H13v9.5H3.5z",
  send: "M3.5 10 16.5 4 13 16.5l-3-5zM10 11.5 16.5 4",
  offline: "M3 3l14 14M6 10.5a6 6 0 0 1 2.5-1.3M3.5 7.5A10 10 0 0 1 6.3 5.9M10 5a10 10 0 0 1 6.5 2.5M12.5 9.6c.6.3 1.1.500 1.5.9M10 14.5v.1",
  moon: "M15.8 12A6.5 6.5 0 0 1 8 4.2 6.5 6.5 0 1 0 15.8 12z",
  language: "M10 3.2a6.8 6.8 0 1 0 0 13.6 6.8 6.8 0 0 0 0-13.6M3.2 10h13.6M10 3.2c2 2 2.8 4.3 2.8 6.8S12 14.8 10 16.8M10 3.2C8 5.2 7.2 7.5 7.2 10S8 14.8 10 16.8",
  help: "M7.7 7.5a2.3 2.3 0 1 1 3.5 2c-.8.5-1.2.9-1.2 1.9M10 14v.1",
  hold: "M6.5 9V5.5a3.5 3.5 0 0 1 7 0V9M4.5 9h11v7.5h-11z",
} as const;

/** A name, or the strokes themselves. */
export type IconName = keyof typeof PATHS | `M${string}`;

export const isIcon = (name: string): name is keyof typeof PATHS => name in PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth={1.5} strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={isIcon(name) ? PATHS[name] : name} />
    </svg>
  );
}

/** The mark: a well, seen from above. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="mark">
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <circle cx="16" cy="16" r="8.5" fill="none" className="mark-line" strokeWidth="2.4" />
      <circle cx="16" cy="16" r="3.2" className="mark-dot" />
    </svg>
  );
}
