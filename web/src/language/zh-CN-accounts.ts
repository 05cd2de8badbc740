import accounts from "../../../locales/zh-CN/web-accounts.ftl?raw";

export default [accounts];
