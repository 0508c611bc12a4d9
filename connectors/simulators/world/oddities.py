"""Tickets about something that happens once: no two need have anything in common."""

import random

from .topics import HELP, Topic

ONE_OFF = Topic("one-off", HELP, "", "", 0, 22, (), ())

ENGLISH_THINGS = (
    "projector remote", "franking machine", "badge reader", "door intercom", "coffee kiosk", "label maker",
    "parking gate", "lobby clock", "till drawer", "weighbridge", "dictaphone", "microscope camera",
    "hearing loop", "fish tank pump", "plotter knife", "barcode gun", "flatbed stand", "ceiling speaker",
    "loyalty tablet", "menu board", "ultrasound cart", "lift panel", "greenhouse sensor", "time clock",
)  # fmt: skip
ENGLISH_DEEDS = (
    "hums since", "was moved before", "needs a label for", "got lost after", "should be insured for",
    "was painted over at", "smells like", "was lent out for",
    "does not fit", "is too loud for", "wants a key from", "was delivered twice for",
    "blinks orange during", "has to travel to", "is warm after", "came without screws for", "was named after",
    "got wet during", "is missing at", "was promised to",
    "scratches", "leans on", "squeaks at", "bears the crest of",
)  # fmt: skip
ENGLISH_CAUSES = (
    "the anniversary", "the new carpet", "the tenants below", "Halifax", "the film crew", "lunch",
    "the insurance visit", "the renovation", "the harvest fair",
    "the blood drive", "the old founder", "the marathon", "the fire drill",
    "the choir", "the museum loan", "the night porter", "the flower show", "the tax office", "the lobby tree",
    "the open day", "the painters", "the ferry", "the summer camp", "the twin town",
)  # fmt: skip
FRENCH_THINGS = (
    "lecteur de badges", "horloge du hall", "balance du quai", "portier vidéo", "borne de café",
    "étiqueteuse", "barrière du stationnement", "caméra du microscope", "tiroir-caisse", "pupitre",
    "haut-parleur du plafond", "panneau de l'ascenseur", "sonde de la serre", "tableau des menus",
)  # fmt: skip
FRENCH_DEEDS = (
    "bourdonne depuis", "a été déplacé avant", "attend une étiquette pour", "a disparu après",
    "doit être assuré pour", "sent comme", "a été prêté pour",
    "gêne", "est trop bruyant pour", "réclame la clé de", "a été livré deux fois pour",
    "clignote pendant", "doit partir pour",
    "est tiède après", "est arrivé sans vis pour", "a pris l'eau pendant",
    "manque à", "a été promis à", "grince pendant",
)  # fmt: skip
FRENCH_CAUSES = (
    "l'anniversaire", "la nouvelle moquette", "les voisins du dessous", "Halifax", "le tournage", "le dîner",
    "la visite de l'assureur", "les rénovations",
    "la fête des récoltes", "la collecte de sang", "le marathon",
    "l'exercice d'évacuation", "la chorale", "le prêt au musée", "le gardien de nuit", "l'exposition florale",
    "les peintres", "le traversier", "le camp d'été", "la ville jumelée",
)  # fmt: skip


def one_off(rng: random.Random, *, in_french: bool) -> str:
    parts = (
        (FRENCH_THINGS, FRENCH_DEEDS, FRENCH_CAUSES)
        if in_french
        else (ENGLISH_THINGS, ENGLISH_DEEDS, ENGLISH_CAUSES)
    )
    text = " ".join(rng.choice(choices) for choices in parts)
    return text[0].upper() + text[1:]
