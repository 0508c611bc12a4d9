import pytest

FRENCH = {"HTTP_ACCEPT_LANGUAGE": "fr"}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/admin/", ["Tableau de bord", "Nouveaux tickets", "Où passent les heures"]),
        ("/admin/connectors/rawticket/", ["Tickets", "Attribué à", "Ouvert"]),
        ("/admin/kpis/finding/", ["Constats", "Gravité"]),
        ("/admin/tenants/apitoken/", ["Jetons d&#x27;API", "Dernière utilisation", "Valable"]),
        ("/technicians/11/", ["Ce que ces chiffres laissent de côté"]),
    ],
)
def test_pages_speak_french(sign_in, address, words):
    text = sign_in("owner").get(address, **FRENCH).content.decode()
    assert [word for word in words if word not in text] == []
    assert '<html lang="fr"' in text


def test_the_login_speaks_french(both, client):
    text = client.get("/login/", HTTP_HOST="north.localhost", **FRENCH).content.decode()
    assert "Se connecter" in text


def test_a_drawing_has_no_decimal_comma(sign_in):
    drawing = sign_in("owner").get("/admin/", **FRENCH).content.decode().split("<svg")[1].split("</svg>")[0]
    assert 'x="' in drawing
    assert "," not in drawing.partition('points="')[0].replace(", ", "")
