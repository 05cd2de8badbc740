//! Every screen on the smallest phone.
import { visit } from "./screens";

visit(360);
