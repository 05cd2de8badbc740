//! Icons that the first screen has not. Neighbours: `Icon.tsx` draws them.
export const DOWN = "M5 7.5 10 12.5l5-5";
export const EDIT = "M4 16l.8-3.2L13 4.6l2.4 2.4-8.2 8.2z";
export const COMMENT = "M3.5 4.5h13v9H9l-3.5 3v-3h-2z";
export const FILE = "M5 3.5h6.5L15 7v9.5H5zM11.5 3.5V7H15";
export const DOWNLOAD = "M10 4v9M6.5 9.7 10 13.2l3.5-3.5M4 16h12";
export const BELL = "M5.5 13.5V9a4.5 4.5 0 0 1 9 0v4.5l1 1.5h-11zM8.5 16.5h3";
