"""What security vendors call their customers, and which of the desk's companies those are."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from connectors.models.connection import Connection
from connectors.models.raw import TextKeyedRow, key


class RawVendorCustomer(TextKeyedRow):
    """What a vendor calls a customer: a SentinelOne site or account, a Microsoft tenant."""

    class Level(models.TextChoices):
        ACCOUNT = "account", _("Account")
        SITE = "site", _("Site")
        TENANT = "tenant", _("Microsoft tenant")

    class Access(models.TextChoices):
        UNKNOWN = "unknown", _("Not tried yet")
        OK = "ok", _("Working")
        NOT_CONSENTED = "consent", _("Consent missing")
        MISSING_ROLE = "role", _("Permission missing")
        NOT_LICENSED = "license", _("Not licensed")
        FAILING = "failing", _("Failing")

    level = models.CharField(max_length=10, choices=Level.choices)
    name = models.TextField(blank=True)
    parent_id = models.TextField(blank=True, help_text=_("The account that a site belongs to."))
    crm_id = models.TextField(
        blank=True, help_text=_("The id of the company that was entered at the vendor.")
    )
    state = models.TextField(blank=True, help_text=_("The vendor's word: active, expired, deleted."))
    is_default = models.BooleanField(default=False)
    ends_at = models.DateTimeField(null=True, help_text=_("When the vendor's permission to look ends."))
    # Ours, kept by connectors.customers and never touched by a sync's rows.
    access = models.CharField(max_length=10, choices=Access.choices, db_default=Access.UNKNOWN)
    access_message = models.TextField(blank=True, db_default="")
    access_checked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "raw_vendor_customers"
        ordering = ["name", "id"]
        verbose_name = _("vendor's customer")
        verbose_name_plural = _("vendors' customers")
        constraints = [key(table="raw_vendor_customers")]

    def __str__(self) -> str:
        return self.name or self.external_id


class CustomerMapping(models.Model):
    """Whom a vendor's customer is: one of the desk's companies, or nobody that counts."""

    class Method(models.TextChoices):
        CRM_ID = "crm_id", _("The vendor's entry names the company")
        NAME = "name", _("Same name")
        PERSON = "person", _("Chosen by a person")

    source = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer_id = models.TextField()
    # The desk's id of the company; there is one desk. None: left out on purpose.
    company_id = models.BigIntegerField(null=True, blank=True)
    method = models.CharField(max_length=10, choices=Method.choices)
    decided_by = models.TextField(blank=True)
    decided_at = models.DateTimeField(auto_now=True)
    # Kept by connectors.company_merges.
    merged_from = models.BigIntegerField(
        null=True, help_text=_("The company it was before the desk merged that one into this.")
    )
    merged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["source", "customer_id"]
        constraints = [key("customer_id", table="customer_mapping")]

    def __str__(self) -> str:
        return f"{self.customer_id} → {self.company_id or _('left out')}"


class CustomerSuggestion(models.Model):
    """The company that a customer is likely to be; for a person to confirm."""

    class Reason(models.TextChoices):
        NAME = "name", _("Nobody has mapped it, and the names are alike")
        MERGE = "merge", _("Its company is gone, and the tickets went there")

    source = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer_id = models.TextField()
    company_id = models.BigIntegerField()
    reason = models.CharField(max_length=10, choices=Reason.choices, db_default=Reason.NAME)
    score = models.DecimalField(max_digits=3, decimal_places=2, help_text=_("From 0 to 1."))

    class Meta:
        ordering = ["source", "customer_id"]
        constraints = [key("customer_id", table="customer_suggestion")]

    def __str__(self) -> str:
        return f"{self.customer_id} → {self.company_id}?"
