import type { Kind } from "../kind"; const kind: Kind = { Body: null, choices: () => [], Answered: () => null }; export default kind;
