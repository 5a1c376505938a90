"""«AI Чат». It stands before the admin's own addresses."""

from django.contrib import admin
from django.urls import path

from voice.chat.page import chat

app_name = "chat"
urlpatterns = [path("chat/", admin.site.admin_view(chat), name="chat")]
