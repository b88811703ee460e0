package core

import (
	"context"
	"errors"
	"testing"

	"cubby/locker/shop"
	"cubby/locker/shop/payment"
)

func TestANoticeAboutAFinishedAttemptFindsItsSale(t *testing.T) {
	warned := 0
	f := finished{
		sale: func(_ context.Context, id string) (shop.Sale, error) {
			switch id {
			case "broken":
				return shop.Sale{}, errors.New("the disk does not answer")
			case "second":
				return shop.Sale{ID: "S-1", Payment: payment.Payment{Attempts: []payment.Attempt{
					{ID: "first"}, {ID: "second", Remote: "r-2"},
				}}}, nil
			}
			return shop.Sale{}, shop.NoSuchSale()
		},
		warn: func(string, ...any) { warned++ },
	}
	e, ok := f.find(t.Context(), "second")
	if !ok || e.Order != "S-1" || e.Attempt.Remote != "r-2" || e.Do != payment.DoGet {
		t.Errorf("found is %v %+v", ok, e)
	}
	if _, ok := f.find(t.Context(), "foreign"); ok || warned != 0 {
		t.Errorf("a foreign attempt is found (%v), or warned of (%d)", ok, warned)
	}
	if _, ok := f.find(t.Context(), "broken"); ok || warned != 1 {
		t.Errorf("what cannot be read is found (%v), or not told of (%d)", ok, warned)
	}
}
