"""The addresses of the customers app: one line per view, grouped by stem."""

from django.urls import URLPattern, path

from core.views import record_urls
from customers import registers
from customers.views import (
    change_review,
    code_rule,
    customer_detail,
    dashboard,
    desk,
    import_fix,
    import_list,
    import_show,
    import_upload,
    policy,
    reference,
    review,
)

app_name = "customers"
IMPORT = "customers/imports/<int:pk>/"
KIND = "settings/reference/<slug:stem>/"
urlpatterns: list[URLPattern] = [
    path("", dashboard.show, name="dashboard"),
    *record_urls.urls(registers.REGISTER),
    *record_urls.urls(registers.CHANGES),
    path("customers/template/", customer_detail.template, name="import-template"),
    path("customers/<int:pk>/checked/", customer_detail.checked, name="customer-checked"),
    path("c/<path:code>", customer_detail.by_code, name="customer-by-code"),
    path("customers/imports/", import_list.listing, name="import-list"),
    path("customers/imports/add/", import_upload.upload, name="import-upload"),
    path(IMPORT, import_show.show, name="import-show"),
    path(f"{IMPORT}progress/", import_show.progress, name="import-progress"),
    path(f"{IMPORT}columns/", import_show.columns, name="import-columns"),
    path(f"{IMPORT}encoding/", import_show.encoding, name="import-encoding"),
    path(f"{IMPORT}values/", import_show.values, name="import-values"),
    path(f"{IMPORT}fix/", import_fix.fix, name="import-fix"),
    path(f"{IMPORT}fix-group/", import_show.fix_group, name="import-fix-group"),
    path(f"{IMPORT}decide/", import_show.decide, name="import-decide"),
    path(f"{IMPORT}again/", import_upload.again, name="import-again"),
    path(f"{IMPORT}write/", import_show.write, name="import-write"),
    path(f"{IMPORT}cancel/", import_show.cancel, name="import-cancel"),
    path(f"{IMPORT}undo/", import_show.undo, name="import-undo"),
    path(f"{IMPORT}resume/", import_show.resume, name="import-resume"),
    path(f"{IMPORT}file/", import_list.file, name="import-file"),
    path(f"{IMPORT}errors/", import_list.errors, name="import-errors"),
    path("review/", desk.queue, name="review-queue"),
    path("review/<int:pk>/", review.show, name="review-show"),
    path("review/changes/", change_review.queue, name="change-queue"),
    path("review/changes/<int:pk>/", change_review.show, name="change-review"),
    path("settings/reference/", reference.index, name="reference-index"),
    path(KIND, reference.listing, name="reference-list"),
    path(f"{KIND}add/", reference.add, name="reference-add"),
    path(f"{KIND}export/", reference.export, name="reference-export"),
    path(f"{KIND}import/", reference.introduce, name="reference-import"),
    path(f"{KIND}<int:pk>/", reference.edit, name="reference-edit"),
    path(f"{KIND}<int:pk>/toggle/", reference.toggle, name="reference-toggle"),
    path(f"{KIND}<int:pk>/delete/", reference.delete, name="reference-delete"),
    path("settings/code-rules/", code_rule.listing, name="code-rule-list"),
    path("settings/code-rules/add/", code_rule.add, name="code-rule-add"),
    path("settings/code-rules/preview/", code_rule.preview, name="code-rule-preview"),
    path("settings/code-rules/<int:pk>/", code_rule.edit, name="code-rule-edit"),
    path("settings/code-rules/<int:pk>/preview/", code_rule.preview, name="code-rule-preview"),
    path("settings/code-rules/<int:pk>/activate/", code_rule.activate, name="code-rule-activate"),
    path("settings/code-rules/<int:pk>/counter/", code_rule.counter, name="code-rule-counter"),
    path("settings/policy/", policy.edit, name="policy-edit"),
]
