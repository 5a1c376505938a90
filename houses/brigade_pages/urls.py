"""Addresses below /brigade/."""

from django.urls import path

from houses.brigade_pages import reports, sign_in, views

app_name = "brigade"
urlpatterns = [
    path("", views.today, name="today"),
    path("tomorrow/", views.tomorrow, name="tomorrow"),
    path("week/", views.week, name="week"),
    path("late/", views.late, name="late"),
    path("houses/<int:pk>/", views.house_card, name="house"),
    path("visits/<int:pk>/", views.visit_page, name="visit"),
    path("visits/<int:pk>/start/", reports.start, name="start"),
    path("visits/<int:pk>/photos/", reports.photos, name="photos"),
    path("visits/<int:pk>/done/", reports.finish, name="finish"),
    path("visits/<int:pk>/not-possible/", reports.not_possible, name="not_possible"),
    path("login/", sign_in.sign_in, name="login"),
    path("logout/", sign_in.sign_out, name="logout"),
]
