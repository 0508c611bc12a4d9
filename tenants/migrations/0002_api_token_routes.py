"""Tokens may expire, and the public schema's routes follow the tokens by a trigger.

A trigger, because deletions also come as cascades from a user and as bulk deletions in the admin.
"""

from django.db import migrations, models

FUNCTION = """
CREATE FUNCTION keep_token_route() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM public.directory_apitokenroute WHERE token_hash = OLD.token_hash;
    ELSIF NEW.revoked_at IS NOT NULL THEN
        DELETE FROM public.directory_apitokenroute WHERE token_hash = NEW.token_hash;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO public.directory_apitokenroute (token_hash, msp_id)
        SELECT NEW.token_hash, id FROM public.directory_msp WHERE schema_name = TG_TABLE_SCHEMA;
    END IF;
    RETURN NULL;
END
$$
"""
TRIGGER = """
CREATE TRIGGER keep_token_route
AFTER INSERT OR DELETE OR UPDATE OF revoked_at ON tenants_apitoken
FOR EACH ROW EXECUTE FUNCTION keep_token_route()
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="expires_at",
            field=models.DateTimeField(blank=True, help_text="Empty when it never expires.", null=True),
        ),
        migrations.RunSQL(
            sql=[FUNCTION, TRIGGER],
            reverse_sql=[
                "DROP TRIGGER keep_token_route ON tenants_apitoken",
                "DROP FUNCTION keep_token_route()",
            ],
        ),
    ]
