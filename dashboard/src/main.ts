import { mount } from "svelte";
import App from "./parts/App.svelte";
import { readTheme, showTheme } from "./theme.ts";

// Before anything is drawn, so that a dark page does not flash white.
showTheme(readTheme());
const target = document.getElementById("app");
if (target !== null) mount(App, { target });
