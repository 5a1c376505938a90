"""Addresses of the houses' part of the API, below /api/."""

from django.urls import path

from houses.api import acts, brigades, houses, missing, photos, sync, visits

urlpatterns = [
    path("cleaning/houses", houses.HouseListView.as_view()),
    path("cleaning/filters", houses.FiltersView.as_view()),
    path("cleaning/house/<str:house_id>/details", houses.HouseDetailsView.as_view()),
    path("cleaning/brigades", brigades.BrigadeNamesView.as_view()),
    path("cleaning/cleaning-types", brigades.CleaningTypesView.as_view()),
    path("cleaning/missing-data-report", missing.MissingDataView.as_view()),
    path("dashboard/stats", houses.StatsView.as_view()),
    path("brigades", brigades.BrigadeListView.as_view()),
    path("brigades/<str:brigade_id>", brigades.BrigadeView.as_view()),
    path("visits", visits.VisitListView.as_view()),
    path("visits/<str:visit_id>", visits.VisitView.as_view()),
    path("visits/<str:visit_id>/start", visits.VisitStartView.as_view()),
    path("visits/<str:visit_id>/finish", visits.VisitFinishView.as_view()),
    path("visits/<str:visit_id>/not-possible", visits.VisitNotPossibleView.as_view()),
    path("visits/<str:visit_id>/reopen", visits.VisitReopenView.as_view()),
    path("visits/<str:visit_id>/photos", photos.PhotoListView.as_view()),
    path("visits/<str:visit_id>/photos/<str:photo_id>", photos.PhotoView.as_view(), name="api-photo"),
    path("acts", acts.ActListView.as_view()),
    path("acts/sign", acts.ActSignView.as_view()),
    path("acts/stats", acts.ActStatsView.as_view()),
    path("acts/<str:house_id>/<str:month>", acts.ActView.as_view()),
    path("sync", sync.SyncView.as_view()),
    path("sync/status", sync.SyncStatusView.as_view()),
    # The same under the addresses of the original; `schema=None` keeps them out of the description.
    path("houses/acts/sign", acts.ActSignView.as_view(schema=None)),
    path("houses/acts/stats", acts.ActStatsView.as_view(schema=None)),
    path("houses/acts/<str:house_id>/<str:month>", acts.ActView.as_view(schema=None)),
]
