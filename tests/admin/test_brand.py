"""An MSP's own logo and colour: what is taken, where it shows, and that it is nobody else's."""

import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenants.brand import LOGO_MAX_BYTES, contrast, media_type, shades
from tenants.context import tenant
from tenants.models import TenantSettings
from tests.admin.test_settings import PAGE, sent  # noqa: F401

GREEN = "#0f766e"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def png(padding: int = 0) -> bytes:
    """One transparent point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0" * 5)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + b"\0" * padding


def save(client: Client, sent: dict[str, Any]) -> Any:  # noqa: F811
    return client.post(PAGE, sent)


def named(content: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def test_a_logo_is_shown_on_every_page_and_before_signing_in(sign_in, sent):  # noqa: F811
    owner, visitor = sign_in("owner"), Client(HTTP_HOST="north.localhost")
    assert save(owner, sent | {"logo_file": named(png())}).status_code == 302
    with tenant("north"):
        address = f"/brand/logo?v={TenantSettings.load().logo_digest}"
    for text in (owner.get("/admin/"), owner.get("/me/"), visitor.get("/login/")):
        assert address in text.content.decode()
    answer = visitor.get(address)
    assert (answer["Content-Type"], answer.content) == ("image/png", png())
    assert "immutable" in answer["Cache-Control"]
    assert visitor.get("/brand/logo", HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304


def test_a_logo_is_nobody_elses(sign_in, sent):  # noqa: F811
    save(sign_in("owner"), sent | {"logo_file": named(png())})
    south = Client(HTTP_HOST="south.localhost")
    assert south.get("/brand/logo").status_code == 404
    assert "/brand/logo" not in south.get("/login/").content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SVG, "PNG, JPEG or WebP"),
        (b"GIF89a", "PNG, JPEG or WebP"),
        (png(LOGO_MAX_BYTES), "larger than 200 kB"),
    ],
)
def test_what_is_no_small_picture_is_refused(sign_in, sent, content, said):  # noqa: F811
    answer = save(sign_in("owner"), sent | {"logo_file": named(content)})
    assert said in answer.content.decode()
    with tenant("north"):
        assert TenantSettings.load().logo_digest == ""


def test_a_logo_stays_until_it_is_removed(sign_in, sent):  # noqa: F811
    owner = sign_in("owner")
    save(owner, sent | {"logo_file": named(png())})
    save(owner, sent)
    with tenant("north"):
        changed_elsewhere = TenantSettings.load()  # which leaves the logo out
        changed_elsewhere.save()
        assert changed_elsewhere.logo_digest
        assert bytes(TenantSettings.objects.get().logo) == png()
    save(owner, sent | {"without_logo": "on"})
    with tenant("north"):
        assert bytes(TenantSettings.objects.get().logo) == b""
    assert owner.get("/brand/logo").status_code == 404


def test_a_colour_becomes_a_stylesheet_of_the_own_tenant(sign_in, sent):  # noqa: F811
    owner = sign_in("owner")
    assert owner.get("/brand/colours.css").status_code == 404
    save(owner, sent | {"brand_colour": GREEN})
    assert f"/brand/colours.css?v={GREEN[1:]}" in owner.get("/admin/").content.decode()
    sheet = owner.get("/brand/colours.css")
    assert sheet["Content-Type"].startswith("text/css")
    assert f"--color-primary-600: {GREEN};" in sheet.content.decode()
    assert Client(HTTP_HOST="south.localhost").get("/brand/colours.css").status_code == 404


@pytest.mark.parametrize(
    ("colour", "said"),
    [
        ("#ffcc00", "its contrast is 1.5 to 1"),
        ("#ffcc00", "#8f7200"),
        ("blue", "six digits"),
        ("#12345", "six digits"),
    ],
)
def test_a_colour_that_nobody_could_read_is_refused_with_one_that_does(sign_in, sent, colour, said):  # noqa: F811
    assert said in save(sign_in("owner"), sent | {"brand_colour": colour}).content.decode()


@pytest.mark.parametrize("colour", ["#0f766e", "#7a1fa2", "#b91c1c", "#000000", "#767676"])
def test_shades_go_from_light_to_dark_and_can_be_read_where_they_stand(colour):
    found = shades(colour)
    assert found["600"] == colour
    assert contrast(found["600"], "#ffffff") >= 4.5
    assert contrast(found["500"], "#111827") >= 4.5
    assert (
        contrast(found["50"], "#000000")
        > contrast(found["300"], "#000000")
        > contrast(found["800"], "#000000")
    )


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\0\0\0WAVEfmt ", ""),
        (b"", ""),
        (SVG, ""),
    ],
)
def test_pictures_are_known_by_what_they_begin_with(begin, kind):
    assert media_type(begin) == kind
