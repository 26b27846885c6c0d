"""Illinois Evidence-Based Funding, 105 ILCS 5/18-8.15: the reference implementation."""

from ebf.batches import SweepError, sweep, sweep_to_parquet
from ebf.comparison import Comparison, compare
from ebf.draws import Uncertain, Uncertainty, uncertainty
from ebf.engine import calculate
from ebf.faults import Fault, InputError
from ebf.inputs import EnrollmentByGrade
from ebf.ledger import Ledger
from ebf.parameters import Law, law
from ebf.reading import read_base_calc, read_units
from ebf.salaries import Salaries
from ebf.sample import sample_salaries, sample_units
from ebf.scenario import Change, Scenario
from ebf.unit import UnitInput, table_of

__all__ = [
    "Change",
    "Comparison",
    "EnrollmentByGrade",
    "Fault",
    "InputError",
    "Law",
    "Ledger",
    "Salaries",
    "Scenario",
    "SweepError",
    "Uncertain",
    "Uncertainty",
    "UnitInput",
    "calculate",
    "compare",
    "law",
    "read_base_calc",
    "read_units",
    "sample_salaries",
    "sample_units",
    "sweep",
    "sweep_to_parquet",
    "table_of",
    "uncertainty",
]
