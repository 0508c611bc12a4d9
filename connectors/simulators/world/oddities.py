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
ENGLISH_TROUBLES = (
    "beeps at noon", "shows yesterday's date", "was moved by the cleaners", "needs to go to Halifax",
    "speaks Dutch since Monday", "is too loud for the tenants", "should match the new carpet plan",
    "lost its bracket", "was borrowed and came back different", "blinks green instead of amber",
    "wants a passcode nobody wrote", "was delivered twice", "is warm to the touch", "has a sticker over it",
    "came with the wrong plug", "must be insured", "is in the inventory under another name",
)  # fmt: skip
FRENCH_THINGS = (
    "lecteur de badges", "horloge du hall", "balance du quai", "portier vidéo", "borne de café",
    "étiqueteuse", "barrière du stationnement", "caméra du microscope", "tiroir-caisse", "pupitre",
    "haut-parleur du plafond", "panneau de l'ascenseur", "sonde de la serre", "tableau des menus",
)  # fmt: skip
FRENCH_TROUBLES = (
    "sonne à midi", "affiche la date d'hier", "a été déplacé par l'entretien", "doit partir à Halifax",
    "parle néerlandais depuis lundi", "a perdu son support", "clignote vert au lieu d'orange",
    "a été livré deux fois", "est tiède au toucher", "doit être assuré", "porte un autre nom à l'inventaire",
)  # fmt: skip


def one_off(rng: random.Random, *, in_french: bool) -> str:
    things, troubles = (FRENCH_THINGS, FRENCH_TROUBLES) if in_french else (ENGLISH_THINGS, ENGLISH_TROUBLES)
    thing, trouble = rng.choice(things), rng.choice(troubles)
    return f"{thing[0].upper()}{thing[1:]} {trouble}"
