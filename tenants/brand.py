"""An MSP's own look: the colour of its links and buttons, and its logo. Refuses what cannot be read or trusted."""

import hashlib
import re
from colorsys import hls_to_rgb, rgb_to_hls

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

Rgb = tuple[float, float, float]  # 0 to 1

LOGO_MAX_BYTES = 200_000
READABLE_CONTRAST = 4.5  # WCAG 2, level AA, for text
WHITE, NIGHT = "#ffffff", "#111827"  # what text stands on in the light and the dark look
HEX = re.compile(r"#[0-9a-fA-F]{6}")
# How far each shade is from the colour itself (600) to white, or to black.
TO_WHITE = {"50": 0.93, "100": 0.86, "200": 0.72, "300": 0.55, "400": 0.35, "500": 0.18}
TO_BLACK = {"700": 0.18, "800": 0.32, "900": 0.45, "950": 0.65}


def shades(colour: str) -> dict[str, str]:
    """The theme's eleven, from the one that was chosen. 500 is the dark look's, so it is light enough for it."""
    lighter = {name: _mixed(colour, 1.0, share) for name, share in TO_WHITE.items()}
    darker = {name: _mixed(colour, 0.0, share) for name, share in TO_BLACK.items()}
    return lighter | {"500": readable(lighter["500"], NIGHT), "600": colour} | darker


def readable(colour: str, on: str) -> str:
    """The nearest colour of the same hue that can be read on the other one."""
    hue, lightness, saturation = rgb_to_hls(*_rgb(colour))
    step = -0.01 if _luminance(on) > 0.5 else 0.01
    while contrast(colour, on) < READABLE_CONTRAST and 0 < lightness < 1:
        lightness = min(1.0, max(0.0, lightness + step))
        colour = _hex(hls_to_rgb(hue, lightness, saturation))
    return colour


def contrast(one: str, other: str) -> float:
    """1 for the same colour to 21 for black on white, as WCAG 2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def validate_colour(colour: str) -> None:
    if not HEX.fullmatch(colour):
        raise ValidationError(_("Write the colour as # and six digits, such as #2563eb."))
    if (found := contrast(colour, WHITE)) < READABLE_CONTRAST:
        raise ValidationError(
            _(
                "%(colour)s cannot be read on white: its contrast is %(found)s to 1, and text needs 4.5 to 1. "
                "A darker one of the same kind is %(darker)s."
            )
            % {"colour": colour, "found": f"{found:.1f}", "darker": readable(colour, WHITE)}
        )


def media_type(image: bytes) -> str:
    """By what the file begins with, whatever its name says; "" for what is no picture that we show."""
    if image.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if image.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if image[:4] == b"RIFF" and image[8:12] == b"WEBP":
        return "image/webp"
    return ""


def validate_logo(image: bytes) -> None:
    """No SVG: it can hold scripts."""
    if len(image) > LOGO_MAX_BYTES:
        raise ValidationError(_("The logo is larger than 200 kB. Save it smaller and choose it again."))
    if not media_type(image):
        raise ValidationError(_("The logo has to be a PNG, JPEG or WebP picture."))


def digest(image: bytes) -> str:
    return hashlib.sha256(image).hexdigest()[:16] if image else ""


def _mixed(colour: str, end: float, share: float) -> str:
    red, green, blue = (part + (end - part) * share for part in _rgb(colour))
    return _hex((red, green, blue))


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _hex(parts: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
