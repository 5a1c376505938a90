"""Admin pages of packages that bring their own, re-registered in the dress of the rest."""

from vasdom import admin_audit, admin_jobs, admin_users, token_admin

__all__ = ["admin_audit", "admin_jobs", "admin_users", "token_admin"]
