"""The frame around every page: navigation by right, few queries, theme and language of the user."""

from django.urls import reverse


def test_navigation_shows_only_what_the_role_may_open(client, clerk, reviewer):
    client.force_login(clerk)
    assert reverse("customers:review-queue") not in client.get("/preferences/").content.decode()

    client.force_login(reviewer)
    assert reverse("customers:review-queue") in client.get("/preferences/").content.decode()


def test_shell_needs_few_queries(client, clerk, django_assert_max_num_queries):
    client.force_login(clerk)
    client.get("/preferences/")

    with django_assert_max_num_queries(6):
        client.get("/preferences/")
