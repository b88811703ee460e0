package parcel

import (
	"maps"
	"slices"
	"testing"

	"cubby/locker/ledger"
	"cubby/locker/people"
)

func TestAKeyThatDeliversCodesIsAConsumerUntilItIsRevoked(t *testing.T) {
	all := []string{"parcels:read", "events:read", "codes:read"}
	for name, c := range map[string]struct {
		key  people.Key
		want bool
	}{
		"may read events and codes": {people.Key{Name: "shop", Scopes: all}, true},
		"reads only":                {people.Key{Name: "shop", Scopes: all, ReadsOnly: true}, false},
		"may read no codes":         {people.Key{Name: "shop", Scopes: all[:2]}, false},
		"may read no events":        {people.Key{Name: "shop", Scopes: []string{"codes:read"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := twoBoxes()
			s.do(t, people.AddKey{Record: people.KeyRecord{Key: c.key, SHA256: "h"}})
			if k := s.keys["shop"].Key; k.ReadsOnly != c.key.ReadsOnly || k.Delivers() != c.want {
				t.Errorf("kept as %+v", k)
			}
			if _, is := s.consumers["shop"]; is != c.want {
				t.Errorf("consumers are %v", s.consumers)
			}
			s.do(t, people.RevokeKey{Name: "shop"})
			if len(s.consumers) != 0 || s.keys["shop"].Delivers() {
				t.Errorf("revoked, it is a consumer still: %v", s.consumers)
			}
		})
	}
}

func TestAnAcknowledgementNeverGoesBackAndIsItsConsumersOwn(t *testing.T) {
	m := ledger.NewMemory(nil)
	for _, name := range []string{"shop", "mail"} {
		m.Set(people.Consumers.Spec, ledger.Row{Key: name, Value: people.Consumer{Name: name, Acknowledged: 5}})
	}
	for _, c := range []struct {
		client  string
		through int64
		want    []int64 // mail, shop
	}{
		{"shop", 7, []int64{5, 7}}, {"shop", 7, nil}, {"shop", 6, nil},
		{"till", 9, nil}, {"", 9, nil}, {"mail", 9, []int64{9, 7}},
	} {
		changed := people.Acknowledge(m, c.client, c.through)
		if (len(changed) > 0) != (c.want != nil) {
			t.Errorf("%s, %d: changed %v", c.client, c.through, changed)
		}
		m.Merge(changed)
		rows := map[string]int64{}
		for _, one := range people.Consumers.All(ledger.NewState(m)) {
			rows[one.Name] = one.Acknowledged
		}
		if c.want != nil && !maps.Equal(rows, map[string]int64{"mail": c.want[0], "shop": c.want[1]}) {
			t.Errorf("%s, %d: %v", c.client, c.through, slices.Sorted(maps.Keys(rows)))
		}
	}
}
