// What the theme's own scripts leave out: obeying the content security policy, and opening menus by keyboard.
"use strict";

// htmx would write a style into every page, and make functions of text.
Object.assign(htmx.config, { includeIndicatorStyles: false, allowEval: false });

const CLICKED_ONLY = "[x-on\\:click]:not(a[href], button, input, label, select, summary, #changelist-filter-close)";

// Its menus open by clicks on things that no keyboard reaches; they become buttons.
function pressed(event) {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.currentTarget.click();
}

function asButton(element) {
    element.tabIndex = 0;
    element.setAttribute("role", "button");
    element.addEventListener("keydown", pressed);
}

document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(CLICKED_ONLY).forEach(asButton));

// Select2 makes an input of its own for a list of choices, and forgets whose label it has.
function withLabel(input) {
    const select = input.closest(".select2")?.previousElementSibling;
    const label = select?.labels?.[0];
    if (label) input.setAttribute("aria-label", label.textContent.trim());
}

// Its turn comes after Select2's own, which jQuery puts off until after the page has loaded.
window.addEventListener("load", () => {
    window.django?.jQuery?.(() => document.querySelectorAll(".select2-search__field").forEach(withLabel));
});
