"""Making a user with a role; running it again changes the role and leaves the password alone."""

from dataclasses import dataclass
from secrets import token_urlsafe

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from tenants.models import MemberLink
from tenants.roles import Role, assign


@dataclass(frozen=True, kw_only=True)
class Person:
    username: str
    role: Role
    email: str = ""
    member_id: int | None = None


@dataclass(frozen=True)
class MadeUser:
    user: User
    is_new: bool
    generated_password: str | None


@transaction.atomic
def create_user(person: Person, password: str = "") -> MadeUser:
    """Inside a tenant. Without a password, a new user gets a generated one. May raise ValidationError."""
    user = User.objects.filter(username=person.username).first()
    is_new = user is None
    user = user or User(username=person.username)
    user.email = person.email or user.email
    generated = token_urlsafe(12) if is_new and not password else None
    if password:
        validate_password(password, user)
    if password or generated:
        user.set_password(password or generated)
    user.full_clean(exclude=["password"])
    user.save()
    assign(user, person.role)
    if person.member_id is not None:
        _link(user, person.member_id)
    return MadeUser(user, is_new, generated)


def _link(user: User, member_id: int) -> None:
    other = MemberLink.objects.filter(member_id=member_id).exclude(user=user).first()
    if other:
        raise ValidationError(f"Member {member_id} is linked to the user {other.user.username} already.")
    MemberLink.objects.update_or_create(user=user, defaults={"member_id": member_id})
