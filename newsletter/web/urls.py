"""The addresses of the public pages.

Tokens are matched loosely, so that a damaged link gets the page that says so.
"""

from __future__ import annotations

from django.urls import path, re_path

from newsletter.web import (
    api,
    confirming,
    join,
    leaving,
    preferences,
    requests_pages,
    views,
)

urlpatterns = [
    path("", views.home),
    path("subscribe", join.subscribe),
    path("subscribed", join.subscribed),
    path("embed", join.embed),
    path("api/subscribe", api.subscribe),
    path("privacy", views.privacy),
    path("latest", views.latest),
    re_path(r"^archive/(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})\Z", views.archived),
    re_path(r"(?s)^c/(?P<token>.*)\Z", confirming.confirm),
    re_path(r"(?s)^u/(?P<token>.*)\Z", leaving.leave),
    re_path(r"(?s)^p/(?P<token>.*)\Z", preferences.preferences),
    re_path(r"(?s)^n/(?P<token>.*)\Z", requests_pages.new_address),
    re_path(r"(?s)^x/(?P<token>.*)\Z", requests_pages.fetch),
    re_path(r"(?s)^e/(?P<token>.*)\Z", requests_pages.erase),
    path("healthz", views.healthz),
    path("style.css", views.style),
    path("favicon.ico", views.favicon),
    path("robots.txt", views.robots),
]

handler400 = views.bad_request
handler404 = views.page_not_found
handler500 = views.server_error
