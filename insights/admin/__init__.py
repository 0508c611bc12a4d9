"""Topics, proposals and the language model on the tenant's pages."""

from config.sites import tenant_site
from insights.admin.asking import ConnectedModelAdmin
from insights.admin.calls import LlmCallAdmin
from insights.admin.proposals import ProposalAdmin
from insights.admin.topics import TopicAdmin
from insights.admin.wording import ConceptFormAdmin, PrivateWordAdmin
from insights.home_panel import projects_to_decide
from insights.models import ConceptForm, ConnectedModel, LlmCall, PrivateWord, Proposal, Topic
from insights.pages import PAGES
from kpis.home.panels import PANELS

tenant_site.register(Topic, TopicAdmin)
tenant_site.register(Proposal, ProposalAdmin)
tenant_site.register(ConceptForm, ConceptFormAdmin)
tenant_site.register(PrivateWord, PrivateWordAdmin)
tenant_site.register(ConnectedModel, ConnectedModelAdmin)
tenant_site.register(LlmCall, LlmCallAdmin)
tenant_site.pages = (*tenant_site.pages, *PAGES)
PANELS.append(projects_to_decide)
