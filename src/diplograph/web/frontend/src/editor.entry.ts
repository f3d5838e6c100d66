import { mount } from "./code";

const textarea = document.querySelector<HTMLTextAreaElement>("#query");
if (textarea) mount(textarea, "sparql");
