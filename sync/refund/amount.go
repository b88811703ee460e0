package refund

// Stripe counts some currencies otherwise than ISO 4217, from which our minor units come
// (docs.stripe.com/currencies, "special cases"): two digits where there are none, none where
// there are two, and of three digits the last is always zero.
var (
	twoMore  = map[string]bool{"ISK": true, "UGX": true}
	twoFewer = map[string]bool{"MGA": true}
	tens     = map[string]bool{"BHD": true, "JOD": true, "KWD": true, "OMR": true, "TND": true}
)

// stripeAmount is an amount as Stripe counts, or why it cannot be said to it.
func stripeAmount(minor int64, currency string) (amount int64, why string) {
	switch {
	case twoMore[currency]:
		return minor * 100, ""
	case twoFewer[currency] && minor%100 != 0, tens[currency] && minor%10 != 0:
		return 0, "the provider cannot pay so small a part of this currency: settle it by hand"
	case twoFewer[currency]:
		return minor / 100, ""
	}
	return minor, ""
}

// ourAmount is the amount that Stripe speaks of in minor units by ISO 4217.
func ourAmount(amount int64, currency string) int64 {
	switch {
	case twoMore[currency]:
		return amount / 100
	case twoFewer[currency]:
		return amount * 100
	}
	return amount
}
