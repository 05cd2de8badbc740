import forms from "../../../locales/zh-CN/web-forms.ftl?raw";

export default [forms];
