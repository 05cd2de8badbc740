import forms from "../../../locales/en/web-forms.ftl?raw";

export default [forms];
