"""Whether this process can serve: asked by load balancers on any host, answered without a tenant."""

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

PATH = "/healthz"
log = logging.getLogger(__name__)


def healthz(_request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.error("The health check cannot reach the database: %s", error)
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})
