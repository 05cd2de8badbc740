//! Every screen on a desk.
import { visit } from "./screens";

visit(1440);
