import signin from "../../../locales/zh-CN/web-signin.ftl?raw";

export default [signin];
