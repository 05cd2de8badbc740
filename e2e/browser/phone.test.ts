//! Every screen on a phone.
import { visit } from "./screens";

visit(390);
