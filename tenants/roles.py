"""Who may do what: owner, manager and technician are groups in every tenant's schema."""

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser, Group, User
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class Role(StrEnum):
    OWNER = "owner"
    MANAGER = "manager"
    TECHNICIAN = "technician"


MANAGING = {Role.OWNER, Role.MANAGER}


def create_groups() -> None:
    for role in Role:
        Group.objects.get_or_create(name=role)


def role_of(user: User | AnonymousUser | None) -> Role | None:
    """The strongest role a user has; None for nobody in particular."""
    if user is None or not user.is_authenticated or not user.is_active:
        return None
    names = {group.name for group in user.groups.all()}
    return next((role for role in Role if role in names), None)


def assign(user: User, role: Role) -> None:
    user.groups.set(Group.objects.filter(name=role))
    user.is_staff = role in MANAGING
    user.is_superuser = False
    user.save(update_fields=["is_staff", "is_superuser"])


class IsMember(BasePermission):
    """Anybody with a role; views narrow what a technician sees."""

    message = "Your account has no role in this MSP. Ask its owner for one."

    def has_permission(self, request: Request, _view: object) -> bool:
        return role_of(request.user) is not None


class IsManager(IsMember):
    """Owners and managers."""

    def has_permission(self, request: Request, view: object) -> bool:
        role = role_of(request.user)
        if role is Role.TECHNICIAN:
            self.message = (
                "The whole team's figures are for managers. You can read your own in kpi-breakdown."
            )
        return role in MANAGING
