// Looks again every two seconds at what is under way, until the answer says that it is over.
"use strict";

const LOOK_AGAIN_MS = 2000;

for (const part of document.querySelectorAll("[data-dm-live]")) lookAgain(part);

function lookAgain(part) {
    if (part.querySelector("[data-dm-again]")) setTimeout(() => look(part), LOOK_AGAIN_MS);
}

async function look(part) {
    try {
        const answer = await fetch(part.dataset.dmLive);
        if (answer.redirected) return location.reload(); // signed out meanwhile
        if (answer.ok) show(part, await answer.text());
        if (!part.querySelector("[data-dm-again]")) return location.reload(); // the other steps stand differently now
    } catch {
        // The server may be restarting: what was shown stays, and the next look may find it.
    }
    lookAgain(part);
}

function show(part, text) {
    part.innerHTML = text;
    const heard = document.querySelector("[data-dm-heard]");
    const said = part.querySelector("[data-dm-said]")?.dataset.dmSaid ?? "";
    if (heard && heard.textContent !== said) heard.textContent = said;
}
