//! Every screen on a phone, in both languages and themes between them.
import { visit } from "./screens";

visit([
  { language: "zh-CN", theme: "dark", width: 390 },
  { language: "en", theme: "light", width: 390 },
  { language: "zh-CN", theme: "light", width: 360 },
]);
