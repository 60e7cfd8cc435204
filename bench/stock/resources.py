"""What the documentation of django-import-export leads one to write for customers and children.

One resource for each sheet; references by name, tags by a many-to-many widget, code as the key.
"""

from __future__ import annotations

from typing import Any

from import_export import fields, resources, widgets

from core.models import Unit
from customers.models import (
    Bank,
    BankAccount,
    Contact,
    Currency,
    Customer,
    CustomerType,
    Region,
    Salesperson,
    Tag,
)

HEADS = {
    "code": "客户编码",
    "name": "客户名称",
    "registered_address": "注册地址",
    "uscc": "统一社会信用代码",
    "legal_representative": "法定代表人",
    "phone": "电话",
    "email": "邮箱",
    "invoice_title": "发票抬头",
    "credit_limit": "信用额度",
    "credit_days": "信用期限",
    "remark": "备注",
}


def _pointer(attribute: str, head: str, model: Any, name: str = "name") -> fields.Field:
    widget = widgets.ForeignKeyWidget(model, name)
    return fields.Field(attribute=attribute, column_name=head, widget=widget)


class CustomerResource(resources.ModelResource):
    """The sheet of customers; what the system fills in is set before saving."""

    customer_type = _pointer("customer_type", "客户类型", CustomerType)
    region = _pointer("region", "地区", Region)
    department = _pointer("department", "销售部门", Unit)
    salesperson = _pointer("salesperson", "业务员", Salesperson)
    currency = _pointer("currency", "币别", Currency)
    tags = fields.Field(
        attribute="tags",
        column_name="标签",
        widget=widgets.ManyToManyWidget(Tag, separator="、", field="name"),
    )

    class Meta:
        model = Customer
        import_id_fields = ("code",)
        fields = (
            *HEADS,
            "customer_type",
            "region",
            "department",
            "salesperson",
            "currency",
            "tags",
        )

    def __init__(self, stamps: dict[str, Any]) -> None:
        super().__init__()
        self.stamps = stamps

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        for name, value in self.stamps.items():
            setattr(instance, name, value)


for _name, _head in HEADS.items():
    CustomerResource.fields[_name].column_name = _head


class ContactResource(resources.ModelResource):
    """The sheet of contacts."""

    customer = _pointer("customer", "客户编码", Customer, "code")
    name = fields.Field(attribute="name", column_name="姓名")
    position = fields.Field(attribute="position", column_name="职务")
    mobile = fields.Field(attribute="mobile", column_name="手机")
    email = fields.Field(attribute="email", column_name="邮箱")

    class Meta:
        model = Contact
        import_id_fields = ("customer", "name")
        fields = ("customer", "name", "position", "mobile", "email")


class AccountResource(resources.ModelResource):
    """The sheet of bank accounts."""

    customer = _pointer("customer", "客户编码", Customer, "code")
    bank = _pointer("bank", "开户银行", Bank)
    currency = _pointer("currency", "币别", Currency)
    account_number = fields.Field(attribute="account_number", column_name="银行账号")
    account_name = fields.Field(attribute="account_name", column_name="户名")

    class Meta:
        model = BankAccount
        import_id_fields = ("customer", "account_number")
        fields = ("customer", "bank", "currency", "account_number", "account_name")
