import accounts from "../../../locales/en/web-accounts.ftl?raw";

export default [accounts];
