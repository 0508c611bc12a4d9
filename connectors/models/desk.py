"""The ticket desk around the tickets: companies, members, boards, agreements, look-ups, surveys."""

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from connectors.models.raw import RawRow, key


class NamedRow(RawRow):
    name = models.TextField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class RawCompany(NamedRow):
    identifier = models.TextField(blank=True)
    status_name = models.TextField(blank=True)
    type_names = models.TextField(blank=True)
    territory_name = models.TextField(blank=True)

    class Meta:
        db_table = "raw_companies"
        ordering = ["name", "id"]
        verbose_name_plural = "raw companies"
        constraints = [key(table="raw_companies")]


class RawMember(NamedRow):
    identifier = models.TextField(blank=True)
    email = models.TextField(blank=True)
    license_class = models.TextField(blank=True)
    looks_automated = models.BooleanField(help_text=_("Judged by the licence class and the name."))
    # Ours, never touched by a sync: what a manager decided.
    automation_override = models.BooleanField(
        null=True,
        blank=True,
        help_text=_("Say whether this is a person or a program, when the guess is wrong."),
    )
    is_automation = models.GeneratedField(
        expression=Coalesce("automation_override", "looks_automated"),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    is_inactive = models.BooleanField(default=False)
    daily_capacity_hours = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    hourly_cost = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    work_role_name = models.TextField(blank=True)
    time_zone_name = models.TextField(blank=True)
    hired_on = models.DateField(null=True)

    class Meta:
        db_table = "raw_members"
        ordering = ["name", "id"]
        constraints = [key(table="raw_members")]


class RawBoard(NamedRow):
    location_name = models.TextField(blank=True)
    department_name = models.TextField(blank=True)
    is_inactive = models.BooleanField(default=False)
    is_project_board = models.BooleanField(default=False)

    class Meta:
        db_table = "raw_boards"
        ordering = ["name", "id"]
        constraints = [key(table="raw_boards")]


class RawBoardStatus(NamedRow):
    board_id = models.BigIntegerField()
    sort_order = models.IntegerField(default=0)
    is_closed = models.BooleanField()
    escalation_status = models.TextField(blank=True)
    is_inactive = models.BooleanField(default=False)

    class Meta:
        db_table = "raw_board_statuses"
        ordering = ["board_id", "sort_order", "id"]
        verbose_name_plural = "raw board statuses"
        constraints = [key(table="raw_board_statuses")]


class RawBoardType(NamedRow):
    board_id = models.BigIntegerField()
    category = models.TextField(blank=True)
    is_inactive = models.BooleanField(default=False)

    class Meta:
        db_table = "raw_board_types"
        ordering = ["board_id", "name", "id"]
        constraints = [key(table="raw_board_types")]


class RawPriority(NamedRow):
    sort_order = models.IntegerField(default=0)
    level = models.TextField(blank=True)

    class Meta:
        db_table = "raw_priorities"
        ordering = ["sort_order", "id"]
        verbose_name_plural = "raw priorities"
        constraints = [key(table="raw_priorities")]


class RawSla(NamedRow):
    based_on = models.TextField(blank=True)
    respond_hours = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    plan_hours = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    resolve_hours = models.DecimalField(max_digits=10, decimal_places=2, null=True)

    class Meta:
        db_table = "raw_slas"
        ordering = ["name", "id"]
        verbose_name = "raw SLA"
        constraints = [key(table="raw_slas")]


class RawWorkType(NamedRow):
    bill_time = models.TextField(blank=True)
    is_utilized = models.BooleanField(default=True)

    class Meta:
        db_table = "raw_work_types"
        ordering = ["name", "id"]
        constraints = [key(table="raw_work_types")]


class RawWorkRole(NamedRow):
    class Meta:
        db_table = "raw_work_roles"
        ordering = ["name", "id"]
        constraints = [key(table="raw_work_roles")]


class RawChargeCode(NamedRow):
    class Meta:
        db_table = "raw_charge_codes"
        ordering = ["name", "id"]
        constraints = [key(table="raw_charge_codes")]


class RawAgreement(NamedRow):
    type_name = models.TextField(blank=True)
    company_id = models.BigIntegerField(null=True)
    parent_agreement_id = models.BigIntegerField(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True, help_text=_("Empty when it has no end."))
    is_cancelled = models.BooleanField(default=False)
    cancelled_on = models.DateField(null=True)
    status = models.TextField(blank=True)
    sla_id = models.BigIntegerField(null=True)
    work_type_id = models.BigIntegerField(null=True)
    work_role_id = models.BigIntegerField(null=True)
    limit_units = models.TextField(blank=True)
    limit_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    limit_cycle = models.TextField(blank=True)
    is_unlimited = models.BooleanField(default=False)
    covers_time = models.BooleanField(default=False)
    carries_over_unused = models.BooleanField(default=False)
    allows_overruns = models.BooleanField(default=False)
    bill_time = models.TextField(blank=True)
    bill_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    billing_cycle = models.TextField(blank=True)

    class Meta:
        db_table = "raw_agreements"
        ordering = ["name", "id"]
        constraints = [key(table="raw_agreements")]


class RawAgreementCoverage(RawRow):
    """What an agreement says of a work type, work role or board: included, excluded or default."""

    class Kind(models.TextChoices):
        WORK_TYPE = "work_type", _("Work type")
        WORK_ROLE = "work_role", _("Work role")
        WORK_TYPE_EXCLUSION = "work_type_exclusion", _("Excluded work type")
        WORK_ROLE_EXCLUSION = "work_role_exclusion", _("Excluded work role")
        BOARD_DEFAULT = "board_default", _("Board")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    agreement_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(null=True, help_text=_("The work type, work role or board."))
    subject_name = models.TextField(blank=True)
    type_id = models.BigIntegerField(null=True, help_text=_("Of a board: only this type of ticket."))
    type_name = models.TextField(blank=True)
    bill_time = models.TextField(blank=True)
    hours_limit = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    class Meta:
        db_table = "raw_agreement_coverage"
        ordering = ["agreement_id", "kind", "id"]
        verbose_name_plural = "raw agreement coverage"
        constraints = [key("kind", "external_id", table="raw_agreement_coverage")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_name}"


class RawAgreementAddition(RawRow):
    agreement_id = models.BigIntegerField()
    product_name = models.TextField(blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    included_quantity = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    unit_price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    unit_cost = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    bill_customer = models.TextField(blank=True)
    starts_on = models.DateField(null=True)
    cancelled_on = models.DateField(null=True)

    class Meta:
        db_table = "raw_agreement_additions"
        ordering = ["agreement_id", "id"]
        constraints = [key(table="raw_agreement_additions")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_name}"


class RawSurveyForm(NamedRow):
    class Meta:
        db_table = "raw_survey_forms"
        ordering = ["name", "id"]
        constraints = [key(table="raw_survey_forms")]


class RawSurveyQuestion(RawRow):
    survey_id = models.BigIntegerField()
    text = models.TextField()
    option_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "raw_survey_questions"
        ordering = ["survey_id", "id"]
        constraints = [key(table="raw_survey_questions")]

    def __str__(self) -> str:
        return self.text


class RawSurvey(RawRow):
    """A client's answers to one survey."""

    survey_id = models.BigIntegerField()
    ticket_id = models.BigIntegerField(null=True)
    company_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField()
    answers = models.JSONField(default=list, help_text=_("[{question, option}], the option counted from 0."))
    comment = models.TextField(blank=True)

    class Meta:
        db_table = "raw_surveys"
        ordering = ["id"]
        constraints = [key(table="raw_surveys")]
        indexes = [models.Index(fields=["answered_at"], name="raw_surveys_answered")]  # satisfaction by day

    def __str__(self) -> str:
        return f"survey of ticket {self.ticket_id}"
