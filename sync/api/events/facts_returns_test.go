package events_test

import (
	"cubby/locker/ledger"
	"cubby/locker/returns"
	"cubby/locker/view"
)

var (
	someCase   = returns.OfCase{Case: "R-7K3M-90QX", Order: "SO-4711", Shop: "acme"}
	someRefund = returns.OfRefund{Refund: "rf-1", Case: "R-7K3M-90QX", Order: "SO-4711", Shop: "acme"}
	someSwap   = returns.Swap{
		Parcel: "P-1", SKU: "TS-L", Title: "T-shirt", Price: 2099, ToPay: 300, Settled: true,
	}
	someTote = returns.OfTote{Tote: "T-0099"}
	inTote   = returns.ToteItem{Case: "R-7K3M-90QX", Item: 1, SKU: "TS-M", Title: "T-shirt", Quantity: 1}
	someItem = returns.Item{
		N: 1, Line: "1", SKU: "TS-M", GTIN: "4006381333931", Title: "T-shirt", Quantity: 1, From: 1,
		Reason: "too_small", Words: true, Serial: "SN-1", Condition: "opened", Share: 1799, Refund: 1700, Fee: 99,
		Ground: "withdrawal", Moment: "at_drop", Keep: true, Until: &someTime,
		Rules: []view.Because{{
			Rule: "law.eu.withdrawal", Line: 3, Word: "withdrawal", Data: map[string]string{"Days": "14"},
			Date: someTime,
		}},
		Result: returns.LikeNew, Note: "as new", Photos: []string{"p-1"}, Decision: returns.RefundOriginal,
		DecidedBy: "b71c02d4", Disposition: returns.RestockHere, Amount: 1700, Money: returns.MoneyPending, Paid: true,
		Override: "b71c02d4", Tote: "T-0099",
	}
)

func init() {
	facts = append(facts, []ledger.Fact{
		&returns.CaseRequested{
			OfCase: someCase, Channel: returns.AtLocker, State: returns.Requested, Conditional: true, Unverified: true,
			Gift: true, Currency: "EUR", Prefer: "original", Language: "de", Items: []returns.Item{someItem},
			Swap: &someSwap, Signals: []string{"serial_again"}, Shipping: 495, Lapses: &someTime, By: "b71c02d4",
		},
		&returns.CaseAuthorised{OfCase: someCase, By: "b71c02d4"},
		&returns.CaseDeclined{OfCase: someCase, Reason: "came back in Hamburg", By: "b71c02d4"},
		&returns.RuleOverridden{OfCase: someCase, Line: "1", Amount: 1799, Reason: "was ill", By: "b71c02d4"},
		&returns.BagDropped{
			OfCase: someCase, Bag: returns.Bag{Parcel: "R-7K3M-90QX-1", Door: "14"}, By: "b71c02d4",
		},
		&returns.AllDropped{OfCase: someCase, Signals: []string{"partly"}, By: "b71c02d4"},
		&returns.ItemAdded{OfCase: someCase, Item: someItem, By: "b71c02d4"},
		&returns.ItemsAdded{
			OfCase: someCase, Items: []returns.Item{someItem}, Signals: []string{"serial_again"}, Shipping: 495,
			By: "b71c02d4",
		},
		&returns.ItemGraded{
			OfCase: someCase, Item: 1, Quantity: 1, Rest: 2, Result: returns.Damaged, Note: "a hole", Serial: "SN-1",
			Refund: 900, Signals: []string{"weight_differs"}, By: "b71c02d4",
		},
		&returns.PhotoKept{OfCase: someCase, Item: 1, Photo: "p-1"},
		&returns.ItemDecided{
			OfCase: someCase, Item: 1, Decision: returns.RefundOriginal, Amount: 1700, Disposition: returns.RestockHere,
			Reason: "asked nicely", Instant: true, By: "b71c02d4",
		},
		&returns.ItemDisposed{OfCase: someCase, Item: 1, Disposition: returns.Refurbish, By: "b71c02d4"},
		&returns.SwapSet{OfCase: someCase, Swap: someSwap, By: "b71c02d4"},
		&returns.CaseEnded{OfCase: someCase, State: returns.Cancelled, Reason: "keeps it", By: "b71c02d4"},
		&returns.Signalled{OfCase: someCase, Signal: "label_again"},
		&returns.TurnedAway{Order: "SO-1001", Shop: "acme", Reason: "too_large_here"},
		&returns.PackagingTaken{
			ID: "pk-1", Packing: "tote", Code: "T-0099", Quantity: 1, Points: 50, Channel: returns.AtLocker, Door: "14",
			Customer: "C-1",
		},
		&returns.ToteBegun{OfTote: someTote, By: "b71c02d4"},
		&returns.ToteFilled{
			OfTote: someTote, ToteItem: inTote, Disposition: returns.ToVendor, Out: true, By: "b71c02d4",
		},
		&returns.ToteSealed{
			OfTote: someTote, Disposition: returns.ToVendor, Items: []returns.ToteItem{inTote}, By: "b71c02d4",
		},
		&returns.RefundOrdered{
			OfRefund: someRefund, Items: []int{1}, Tender: "t1", Kind: "card", Reference: "pi_1", Amount: 1700,
			Currency: "EUR", Shipping: true, Replaces: "rf-0", By: "b71c02d4",
		},
		&returns.RefundApproved{OfRefund: someRefund, Answer: "re_1", Provider: "card", Next: someTime},
		&returns.RefundCompleted{
			OfRefund: someRefund, Amount: 1700, Currency: "EUR", Answer: "re_1", Provider: "card", Twice: true,
		},
		&returns.RefundFailed{OfRefund: someRefund, Detail: "the card is closed", Provider: "card"},
	}...)
}
