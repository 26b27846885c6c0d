"""Illinois Evidence-Based Funding, 105 ILCS 5/18-8.15: the reference implementation."""

from ebf.engine import calculate
from ebf.faults import Fault, InputError
from ebf.inputs import UnitInput
from ebf.ledger import Ledger
from ebf.parameters import Law, law
from ebf.salaries import Salaries

__all__ = [
    "Fault",
    "InputError",
    "Law",
    "Ledger",
    "Salaries",
    "UnitInput",
    "calculate",
    "law",
]
