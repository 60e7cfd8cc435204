"""The tables of customers and of the reference data they point to."""

from customers.models.bank_account import BankAccount
from customers.models.change import CustomerChange
from customers.models.code_rule import CodeRule, CodeSegment, UsedCode
from customers.models.contact import Contact
from customers.models.customer import Customer
from customers.models.import_batch import (
    ColumnMemory,
    ImportBatch,
    ImportBlock,
    ImportDecision,
    ImportFix,
    ImportIssue,
    ImportOutcome,
    ImportPlan,
    ImportSheet,
    ValueMemory,
)
from customers.models.policy import Policy
from customers.models.reference import (
    Bank,
    Category,
    Currency,
    CustomerType,
    Industry,
    Region,
    Salesperson,
    SettlementMethod,
    Tag,
)

__all__ = [
    "Bank",
    "BankAccount",
    "Category",
    "CodeRule",
    "CodeSegment",
    "ColumnMemory",
    "Contact",
    "Currency",
    "Customer",
    "CustomerChange",
    "CustomerType",
    "ImportBatch",
    "ImportBlock",
    "ImportDecision",
    "ImportFix",
    "ImportIssue",
    "ImportOutcome",
    "ImportPlan",
    "ImportSheet",
    "Industry",
    "Policy",
    "Region",
    "Salesperson",
    "SettlementMethod",
    "Tag",
    "UsedCode",
    "ValueMemory",
]
