//! Every screen on a desk, and once more on the smallest phone, in both languages and themes between them.
import { visit } from "./screens";

visit([
  { language: "zh-CN", theme: "light", width: 1440 },
  { language: "en", theme: "dark", width: 1440 },
  { language: "en", theme: "dark", width: 360 },
]);
