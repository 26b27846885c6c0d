"""A user's mistakes: each is told of, or its comment would be told of as not needed."""

from __future__ import annotations

import ebf

law = ebf.law("2022")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
ebf.sample_unit()  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
ebf.calculate(ebf.sample().units)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
ledger = ebf.calculate(ebf.sample().units, law)
ledger.explain("0100100102600")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
tier: str = ledger.fiscal_year  # type: ignore[assignment] # pyright: ignore[reportAssignmentType]
ebf.sweep(law, ledger, [])  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
