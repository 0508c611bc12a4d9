"""The figures and findings on the tenant's pages. Figures are read-only; findings can be decided on."""

from config.sites import tenant_site
from connectors.models import RawSecurityAlert, RawSurvey, RawTicket, RawTimeEntry
from connectors.setup.steps import AFTERWARDS, STEPS
from kpis.admin.figures import KpiBreakdownAdmin, KpiDailyAdmin
from kpis.admin.findings import FindingAdmin
from kpis.admin.phrases import PhraseAdmin
from kpis.admin.targets import TargetAdmin
from kpis.behind import BehindFigure
from kpis.disputes.admin import DisputeAdmin
from kpis.disputes.listed import count_open
from kpis.first_figures import FIGURES
from kpis.models import Dispute, Finding, KpiBreakdown, KpiDaily, Target, TrainingPhrase
from kpis.pages import PAGES
from kpis.tasks import compute_kpis_task

tenant_site.register(KpiDaily, KpiDailyAdmin)
tenant_site.register(KpiBreakdown, KpiBreakdownAdmin)
tenant_site.register(Finding, FindingAdmin)
tenant_site.register(Dispute, DisputeAdmin)
tenant_site.waiting["kpis_dispute_changelist"] = count_open
tenant_site.register(TrainingPhrase, PhraseAdmin)
tenant_site.register(Target, TargetAdmin)
tenant_site.pages = (*tenant_site.pages, *PAGES)
STEPS.append(FIGURES)
AFTERWARDS.append(compute_kpis_task)
# The lists of raw rows may not know the figures, so the figures add what leads from a number to its rows.
for table in (RawTicket, RawTimeEntry, RawSurvey, RawSecurityAlert):
    raw_list = tenant_site.get_model_admin(table)
    raw_list.list_filter = [BehindFigure, *raw_list.list_filter]
    raw_list.list_before_template = "kpis/behind_note.html"
