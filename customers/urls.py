"""The addresses of the customers app: one line per view, grouped by stem."""

from django.urls import URLPattern, path

from customers.views import (
    bulk,
    code_rule,
    customer,
    customer_detail,
    customer_list,
    dashboard,
    policy,
    reference,
    reference_sheet,
    review,
    transition,
)

app_name = "customers"
KIND = "settings/reference/<slug:stem>/"
urlpatterns: list[URLPattern] = [
    path("", dashboard.show, name="dashboard"),
    path("customers/add/", customer.add, name="customer-add"),
    path("customers/hints/", customer.hints, name="customer-hints"),
    path("customers/<int:pk>/edit/", customer.edit, name="customer-edit"),
    path("customers/<int:pk>/hints/", customer.hints, name="customer-hints"),
    path("customers/<int:pk>/redraw/", customer.redraw, name="customer-redraw"),
    path("customers/", customer_list.show, name="customer-list"),
    path("customers/columns/", customer_list.columns, name="customer-columns"),
    path("customers/bulk/", bulk.start, name="customer-bulk"),
    path("customers/bulk/<uuid:bulk_id>/", bulk.show, name="customer-bulk-result"),
    path("customers/<int:pk>/", customer_detail.detail, name="customer-detail"),
    path("customers/<int:pk>/do/<slug:name>/", transition.do, name="customer-do"),
    path("customers/<int:pk>/checked/", transition.checked, name="customer-checked"),
    path("c/<path:code>", customer_detail.by_code, name="customer-by-code"),
    path("review/", review.queue, name="review-queue"),
    path("review/<int:pk>/", review.show, name="review-show"),
    path("settings/reference/", reference.index, name="reference-index"),
    path(KIND, reference.listing, name="reference-list"),
    path(f"{KIND}add/", reference.add, name="reference-add"),
    path(f"{KIND}export/", reference_sheet.export, name="reference-export"),
    path(f"{KIND}import/", reference_sheet.introduce, name="reference-import"),
    path(f"{KIND}<int:pk>/", reference.edit, name="reference-edit"),
    path(f"{KIND}<int:pk>/toggle/", reference.toggle, name="reference-toggle"),
    path(f"{KIND}<int:pk>/delete/", reference.delete, name="reference-delete"),
    path("settings/code-rules/", code_rule.listing, name="code-rule-list"),
    path("settings/code-rules/add/", code_rule.add, name="code-rule-add"),
    path("settings/code-rules/preview/", code_rule.preview, name="code-rule-preview"),
    path("settings/code-rules/<int:pk>/", code_rule.edit, name="code-rule-edit"),
    path("settings/code-rules/<int:pk>/preview/", code_rule.preview, name="code-rule-preview"),
    path("settings/code-rules/<int:pk>/activate/", code_rule.activate, name="code-rule-activate"),
    path("settings/policy/", policy.edit, name="policy-edit"),
]
