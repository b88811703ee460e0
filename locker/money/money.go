// Package money counts in the minor units of a currency: whole numbers, no floating
// point. How many digits a currency has is known where amounts are read and written, and
// matters nowhere else.
package money

import (
	"math/bits"

	"cubby/locker/ledger"
)

// An Amount is money of one currency. The zero value is nothing of no currency, and can be
// added to any.
type Amount struct {
	Minor    int64  `json:"minor"`    // cents of EUR, yen of JPY, fils of KWD; at most Most either way
	Currency string `json:"currency"` // ISO 4217
}

// Most bounds amounts, in minor units: sums of a thousand lines stay far from where
// numbers end.
const Most = 1_000_000_000_000_000

// Of makes an amount.
func Of(minor int64, currency string) Amount { return Amount{minor, currency} }

// IsZero reports whether it is nothing, of whatever currency.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// Neg is what takes the amount back.
func (a Amount) Neg() Amount { return Amount{-a.Minor, a.Currency} }

// Plus adds an amount of the same currency. The error is a *ledger.Refusal.
func (a Amount) Plus(b Amount) (Amount, error) {
	sum := Amount{a.Minor + b.Minor, a.Currency}
	switch {
	case a == Amount{}:
		sum.Currency = b.Currency
	case b == Amount{}:
	case a.Currency != b.Currency:
		return Amount{}, ledger.Refuse(ledger.Invalid, "mixed-currencies",
			"%s and %s cannot be added: an order has one currency", a.Currency, b.Currency)
	}
	if max(a.Minor, b.Minor, sum.Minor) > Most || min(a.Minor, b.Minor, sum.Minor) < -Most {
		return Amount{}, ledger.Refuse(ledger.Invalid, "amount", "an amount has at most %d minor units", int64(Most))
	}
	return sum, nil
}

// Minus takes an amount of the same currency off.
func (a Amount) Minus(b Amount) (Amount, error) { return a.Plus(b.Neg()) }

// Sum adds all amounts.
func Sum(all ...Amount) (sum Amount, err error) {
	for _, a := range all {
		if sum, err = sum.Plus(a); err != nil {
			return Amount{}, err
		}
	}
	return sum, nil
}

// scaled is n·by/over as a whole number and what is left over of it. n is not negative,
// and by not larger than over, or both are as small as amounts and rates are.
func scaled(n, by, over int64) (whole, rest int64) {
	high, low := bits.Mul64(uint64(n), uint64(by))
	q, r := bits.Div64(high, low, uint64(over))
	return int64(q), int64(r)
}
