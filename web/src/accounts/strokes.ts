//! Icons of places that only accounts have. Neighbours: `ui/Icon.tsx` draws them.
export const KEY = "M7 9.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M9.6 10.6 16.5 3.7M13.5 6.7l2 2";
export const BOOK = "M5 3.5h10.5v13H5zM8 3.5v13M10.5 7H13";
