package customers

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// TestRandomHistories has people come, consent, withdraw and go in any order, and holds
// after each step what must always be so.
func TestRandomHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newTown()
		id := rapid.SampledFrom([]string{"a", "b", "c"})
		contact := rapid.Custom(func(t *rapid.T) Contact {
			return Contact{
				Email: rapid.SampledFrom([]string{"", "x@example.org", "Y@example.org", "wrong"}).Draw(t, "email"),
				Phone: rapid.SampledFrom([]string{"", "030 1111111", "+49302222222"}).Draw(t, "phone"),
			}
		})
		news := rapid.Custom(func(t *rapid.T) New {
			return New{
				Contact: contact.Draw(t, "contact"), Receipt: rapid.Bool().Draw(t, "receipt"),
				Channel: rapid.SampledFrom([]Channel{ByEmail, BySMS, Never}).Draw(t, "channel"),
			}
		})
		purpose := rapid.SampledFrom([]string{RecordPurpose, "marketing", "neighbour"})
		qrs := map[string]string{}            // by whose QR code is good, the last that was made
		holds := map[string]map[string]bool{} // by customer and purpose, as the commands that were taken say
		for step := range rapid.IntRange(1, 40).Draw(t, "steps") {
			who, what := id.Draw(t, "id"), purpose.Draw(t, "purpose")
			_, exists := Get(w.state(), who)
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				asked := Asked{Through: "kiosk", Text: "v1"}
				if w.do(Keep{ID: who, New: news.Draw(t, "new"), Asked: asked}) == nil && !exists {
					holds[who] = map[string]bool{RecordPurpose: true}
				}
			case 1:
				w.do(Replace{ID: who, New: news.Draw(t, "new")})
			case 2:
				if w.do(Consent{ID: who, Asked: Asked{what, "shop", "v1"}}) == nil {
					holds[who][what] = true
				}
			case 3:
				if err := w.do(Withdraw{who, what, "message"}); (err == nil) != exists {
					t.Fatalf("withdrawn by somebody who is here, %v: %v", exists, err)
				} else if exists {
					holds[who][what] = false
				}
				if what == RecordPurpose {
					delete(holds, who)
				}
			case 4:
				if w.do(Erase{ID: who}) == nil {
					delete(holds, who)
				}
			case 5:
				w.do(Use{contact.Draw(t, "contact").Of(markOf, "+49")})
			case 6:
				w.now = w.now.Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "days")) * 24 * time.Hour)
				if err := w.do(visit.Tick{}); err != nil {
					t.Fatal(err)
				}
				for who := range holds {
					if _, kept := Get(w.state(), who); !kept {
						delete(holds, who)
					}
				}
			case 7:
				w.set.Asked = !w.set.Asked
			case 8:
				hash := fmt.Sprint("qr", step)
				if w.do(MakeQR{ID: who, Through: "shop", Fresh: &visit.Secret{CodeHash: hash}}) == nil {
					qrs[who] = hash
				}
			case 9:
				if w.do(EndQR{who, "kiosk"}) == nil {
					delete(qrs, who)
				}
			}
			maps.DeleteFunc(qrs, func(who, _ string) bool { return holds[who] == nil })
			holdsTrue(t, w, holds)
			for at := range step + 1 {
				hash := fmt.Sprint("qr", at)
				r, ok := WithQR(w.state(), hash)
				live := slices.Contains(slices.Collect(maps.Values(qrs)), hash)
				if ok != live || ok && qrs[r.ID] != hash {
					t.Fatalf("%s says %q, of %v", hash, r.ID, qrs)
				}
			}
		}
		replayed(t, w)
	})
}

func holdsTrue(t *rapid.T, w *town, holds map[string]map[string]bool) {
	s := w.state()
	all, persons := Customers.All(s), Persons.All(s)
	if len(all) != len(persons) || len(all) != len(holds) {
		t.Fatalf("%d customers, %d persons, %d expected", len(all), len(persons), len(holds))
	}
	seen := map[string]string{}
	for _, p := range persons {
		for _, key := range p.texts() {
			if other, taken := seen[key]; taken {
				t.Fatalf("%s and %s have the same contact", other, p.ID)
			}
			seen[key] = p.ID
			if r, ok := Find(s, p.Keys); !ok || r.ID != p.ID {
				t.Fatalf("%s is not found by its contact", p.ID)
			}
		}
		if len(p.texts()) == 0 || (p.Email != "") != (p.Channel == ByEmail) ||
			(p.Phone != "") != (p.Channel == BySMS) {
			t.Fatalf("kept in clear is %+v", p)
		}
	}
	oldest := w.now.AddDate(0, 0, -w.set.Days)
	for _, c := range all {
		for purpose, is := range holds[c.ID] {
			if c.Consented(purpose) != is {
				t.Fatalf("%s consents to %s: %v", c.ID, purpose, !is)
			}
		}
		if c.Used.After(w.now) || !c.Used.After(oldest) {
			t.Fatalf("%s was used %v, now is %v", c.ID, c.Used, w.now)
		}
	}
}

// replayed holds the table against what the log alone says, as it is written.
func replayed(t *rapid.T, w *town) {
	catalogue := ledger.NewCatalogue(Room.Module, visit.Module)
	s := ledger.NewState(ledger.NewMemory(nil))
	for _, l := range w.log {
		data, err := json.Marshal(l.fact)
		if err != nil {
			t.Fatal(err)
		}
		var private []byte
		if p, ok := l.fact.(*QRMade); ok {
			if private, err = json.Marshal(p.Private()); err != nil {
				t.Fatal(err)
			}
		}
		f, err := catalogue.Read(l.fact.Type(), data, private)
		if err != nil {
			t.Fatal(err)
		}
		f.Apply(s, l.at)
	}
	is, then := byID(Customers.All(w.state())), byID(Customers.All(s))
	if !reflect.DeepEqual(is, then) {
		t.Fatalf("kept\n%+v\nthe log says\n%+v", is, then)
	}
}

func byID(all []Customer) map[string]Customer {
	m := map[string]Customer{}
	for _, c := range all {
		m[c.ID] = c
	}
	return m
}
