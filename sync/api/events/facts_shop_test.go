package events_test

import (
	"cubby/locker/ledger"
	"cubby/locker/shop"
	"cubby/locker/shop/payment"
	"cubby/locker/shop/price"
)

var someSale = shop.OfSale{Sale: "S-7K3M-9QPX", Shop: "acme"}

func init() {
	facts = append(facts, []ledger.Fact{
		&shop.Ordered{
			OfSale: someSale, Channel: "kiosk", Currency: "EUR", Total: 1080, Tax: 172, Prices: "2026-09-14",
			Lines: []shop.Line{{
				ID: "1", SKU: "CUB-002", GTIN: "02000000000022", Title: "Beeswax candle", Picture: "9f2c",
				Category: "light", Quantity: 2, Unit: 600, Class: "standard", Rate: 190_000,
				Shares: []price.Share{{Promotion: "ten", Minor: 120}}, Total: 1080, State: shop.LinePlaced,
				Doors: []string{"14"}, Parcels: []string{"S-7K3M-9QPX-1"}, Substitute: "CUB-003", WeightG: 120,
			}},
			Place: shop.Place{
				Kind: shop.LockerOther, Station: "north-gate", Name: "North Gate", Ready: &someTime, Until: &someTime,
			},
		},
		&shop.PaymentMoved{
			OfSale: someSale, Attempt: "0199a1c4-7f2e-7c3a-9d51-2b8f6e0a4d13", Tender: payment.Phone,
			State: payment.Paid, Amount: 1080, Currency: "EUR", Got: 1080, Kept: 1080, Refunded: 100,
		},
		&shop.SalePaid{OfSale: someSale, Total: 1080, Currency: "EUR"},
		&shop.LineMoved{
			OfSale: someSale, Line: "1", State: shop.LineReady, Parcel: "S-7K3M-9QPX-1", Substitute: "CUB-003",
			By: "b71c02d4",
		},
		&shop.SaleMoved{OfSale: someSale, State: shop.Picking, Parcel: "S-7K3M-9QPX", Reason: "left",
			By: "b71c02d4"},
		&shop.CustomerHere{OfSale: someSale, Bay: "3"},
		&shop.NeedsStaff{
			OfSale: someSale, Attempt: "0199a1c4-7f2e-7c3a-9d51-2b8f6e0a4d13", Why: payment.LongUnknown, Amount: 1080,
		},
	}...)
}
