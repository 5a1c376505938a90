"""Addresses of the tasks' part of the API, below /api/."""

from django.urls import path

from tasks.api import views

urlpatterns = [
    path("tasks", views.TaskListView.as_view()),
    path("tasks/<str:task_id>", views.TaskView.as_view()),
    path("tasks/<str:task_id>/start", views.TaskStartView.as_view()),
    path("tasks/<str:task_id>/finish", views.TaskFinishView.as_view()),
    path("tasks/<str:task_id>/cancel", views.TaskCancelView.as_view()),
    path("tasks/<str:task_id>/reopen", views.TaskReopenView.as_view()),
]
