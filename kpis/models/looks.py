"""Who looked at whose figures, and when: the technicians see it on their own pages."""

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.roles import Role

ROLES = [
    (str(Role.OWNER), _("Owner")),
    (str(Role.MANAGER), _("Manager")),
    (str(Role.TECHNICIAN), _("Technician")),
]


class ProfileLook(models.Model):
    """One look at somebody's page by somebody else, or at the whole team's; counted once an hour."""

    class Page(models.TextChoices):
        PROFILE = "profile", _("Your page")
        WORK = "work", _("The work behind one of your figures")
        PSEUDONYM = "pseudonym", _("Your page, under a pseudonym")
        TEAM = "team", _("The page of the whole team")

    member_id = models.BigIntegerField(null=True, help_text=_("Empty for a look at the whole team."))
    looked_at = models.DateTimeField(help_text=_("The first look of the hour."))
    hour = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # Kept beside the account, which may be deleted.
    username = models.CharField(max_length=150)
    role = models.CharField(max_length=20, choices=ROLES)
    page = models.CharField(max_length=12, choices=Page.choices)

    class Meta:
        ordering = ["-looked_at", "-id"]
        constraints = [
            # Also finds a technician's looks for the own page.
            models.UniqueConstraint(
                fields=["member_id", "hour", "username", "page"],
                nulls_distinct=False,
                name="one_look_an_hour",
            )
        ]
        indexes = [models.Index(fields=["looked_at"], name="profile_look_by_age")]  # expiry

    def __str__(self) -> str:
        return f"{self.username} looked at {self.page} of {self.member_id or 'all'} at {self.looked_at}"
