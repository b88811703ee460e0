package orders

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"cubby/locker/ledger"
)

func TestAnOrderIsFoundByWhateverIsScanned(t *testing.T) {
	s := newShop()
	s.must(t, put(some(), nil))
	other := some()
	other.ID, other.Receipt, other.GiftReceipt, other.Lines[1].Serials = "SO-2", "", "", nil
	other.Ordered = *at(11)
	other.Tenders[0].Reference = ""
	s.must(t, put(other, nil))
	for scan, want := range map[string][]string{
		"SO-1": {"SO-1"}, " so-1 ": {"SO-1"}, "order:SO-1": {"SO-1"}, "ORDER:SO-2": {"SO-2"},
		"https://shop.example/return/SO-1":      {"SO-1"},
		"https://shop.example/o/SO-2/?from=app": {"SO-2"},
		"R-0001":                                {"SO-1"}, "g-0001": {"SO-1"},
		"4006381333931": {"SO-2", "SO-1"}, "04006381333931": {"SO-2", "SO-1"}, // the newest first
		"TS-M": {"SO-2", "SO-1"}, "sh-42": {"SO-2", "SO-1"}, "SN77": {"SO-1"}, "sn 77": {"SO-1"},
		"": nil, " ": nil, "SO-3": nil, "order:TS-M": nil, "https://shop.example/TS-M": nil, "order:": nil,
		"http://shop.example/SO-1": nil, "https://shop.example": nil, "a\x00b": nil, "SO-1\x00": nil,
		string(make([]byte, 600)): nil,
	} {
		var got []string
		for _, o := range Find(ledger.NewState(s.Memory), scan) {
			got = append(got, o.ID)
			if o.CustomerRef != "C-1" {
				t.Errorf("%q: found without its customer", scan)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", scan, got, want)
		}
	}
}

func TestAnArticleFindsTheFiftyNewest(t *testing.T) {
	s := newShop()
	for i := range 60 {
		o := some()
		o.ID, o.Ordered = fmt.Sprintf("SO-%02d", i), at(10).Add(time.Duration(i)*time.Minute)
		s.must(t, put(o, nil))
	}
	found := Find(ledger.NewState(s.Memory), "TS-M")
	if len(found) != MostFound || found[0].ID != "SO-59" || found[49].ID != "SO-10" {
		t.Errorf("found %d, from %s", len(found), found[0].ID)
	}
}

func TestAnOrderIsProvedByPostcodeOrTelephone(t *testing.T) {
	mark := func(kind, text string) string { return kind + "|" + text }
	o := some()
	o.Prove(mark, Proof{Postcode: "SW1A 1aa", Phone: "+44 (20) 7946-0958"})
	for typed, want := range map[string]bool{
		"SW1A1AA": true, "sw1a 1aa": true, "0958": true, "020 7946 0958": true,
		"SW1A1AB": false, "0959": false, "958": false, "": false, " ": false, "58": false,
	} {
		if o.ProvedBy(mark, typed) != want {
			t.Errorf("%q: %t", typed, !want)
		}
	}
	none := some()
	none.Prove(mark, Proof{Phone: "12"})
	for _, typed := range []string{"", "12", "0012"} {
		if none.ProvedBy(mark, typed) {
			t.Errorf("an order without proof is proved by %q", typed)
		}
	}
	twin := o
	twin.ID = "SO-2" // a hash is of one order: two with the same postcode are not told to be of one house
	if twin.ProvedBy(mark, "SW1A1AA") {
		t.Error("the hash of one order proves another")
	}
}
