import signin from "../../../locales/en/web-signin.ftl?raw";

export default [signin];
